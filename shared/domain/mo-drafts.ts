import { firstCharacters, type IncomingMessage, textMax } from "./incoming-message.ts";
import { type MoPart, type PartsOf, textOfParts } from "./mo-part.ts";

/** A message of several parts, as far as they have come. */
export type Draft = {
	/** What its message will be called: the id of the first part that came. */
	readonly messageId: number;
	readonly parts: readonly MoPart[];
	/** When the last of them was put in. */
	readonly touchedAt: number;
	/** It is a message: all parts are there, or the others were waited for long enough. Its parts stay for a while, to know repeats by. */
	readonly closed: boolean;
};

/** All that is kept under one reference of one subscriber. Whoever changes it names the revision that it was read at; 0: it is not there. */
export type PartsRow = { readonly of: PartsOf; readonly drafts: readonly Draft[]; readonly revision: number };

/** When it is, and how long a message waits for its next part. */
export type DraftTimes = { readonly now: number; readonly waitMs: number };

/** How long a part is known again after its message was closed: an SMSC whose line fell offers what was not confirmed once more. */
const rememberedMs = 15 * 60_000;

/** What fits into a row, whatever a subscriber sends. */
const partsMax = 512;

export const isWhole = ({ parts }: Draft): boolean => parts.length === parts[0]?.place?.total;

/** Puts a part where it belongs. A repeated one changes nothing. */
export function withPart(drafts: readonly Draft[], part: MoPart, times: DraftTimes): readonly Draft[] {
	/* However late its own entry comes again: whoever had it before may have failed to report the whole. */
	if (drafts.some(({ parts }) => parts.some(({ partId }) => partId === part.partId))) return drafts;
	const known = drafts.filter(({ closed, touchedAt }) => !closed || times.now - touchedAt < rememberedMs);
	if (known.some((draft) => draft.parts.some((other) => isSame(other, part)))) return drafts;
	/* The oldest first: a handset that never changes its reference has its messages delivered in their order, more or less. */
	const home = known.find((draft) => isHome(draft, part, times.waitMs));
	const begun = { messageId: part.partId, parts: [], touchedAt: times.now, closed: false };
	const draft = added(home ?? begun, part, times.now);
	return withinBound(home ? known.map((one) => (one === home ? draft : one)) : [...known, draft]);
}

const sequenceOf = ({ place }: MoPart) => place?.sequence ?? 0;

function isSame(one: MoPart, other: MoPart): boolean {
	return sequenceOf(one) === sequenceOf(other) && one.encoding === other.encoding && one.octets === other.octets;
}

/** A part that comes much later than the others has their reference by chance: it belongs to another message. */
function isHome({ parts, closed }: Draft, part: MoPart, waitMs: number): boolean {
	const lacksIt = !closed && parts.every((other) => sequenceOf(other) !== sequenceOf(part));
	return lacksIt && parts.some(({ arrivedAt }) => Math.abs(arrivedAt - part.arrivedAt) <= waitMs);
}

function added(draft: Draft, part: MoPart, now: number): Draft {
	const parts = [...draft.parts, part].sort((one, other) => sequenceOf(one) - sequenceOf(other));
	const grown = { ...draft, parts, touchedAt: now };
	return { ...grown, closed: isWhole(grown) };
}

/** Forgets the oldest closed ones where there is too much, then closes the oldest of the others. */
function withinBound(drafts: readonly Draft[]): readonly Draft[] {
	if (drafts.reduce((count, { parts }) => count + parts.length, 0) <= partsMax) return drafts;
	const [oldest] = drafts.filter(({ closed }) => closed);
	if (oldest) return withinBound(drafts.filter((draft) => draft !== oldest));
	return drafts.map((draft, index) => (index === 0 ? { ...draft, closed: true } : draft));
}

const isDue = ({ touchedAt }: Draft, { now, waitMs }: DraftTimes) => touchedAt + waitMs <= now;

/** Closes what has waited long enough for its other parts. */
export function withoutOverdue(drafts: readonly Draft[], times: DraftTimes): readonly Draft[] {
	return drafts.map((draft) => (isDue(draft, times) ? { ...draft, closed: true } : draft));
}

/** How long until the first of the open ones has waited long enough; null: there is none. */
export function waitsMs(drafts: readonly Draft[], { now, waitMs }: DraftTimes): number | null {
	const open = drafts.filter(({ closed }) => !closed);
	return open.length === 0 ? null : Math.min(...open.map(({ touchedAt }) => touchedAt + waitMs - now));
}

/** A message that came in, before anybody looked whose it is. */
export type JoinedMessage = Omit<IncomingMessage, "userName" | "pack" | "keepUntil">;

/** A message of the parts that there are, in their order. */
export function joined(messageId: number, parts: readonly [MoPart, ...MoPart[]]): JoinedMessage {
	const [{ operator, sender, recipient }] = parts;
	return {
		messageId,
		operator,
		sender,
		recipient,
		text: firstCharacters(textOfParts(parts), textMax),
		segmentCount: parts.length,
		receivedAt: Math.max(...parts.map(({ receivedAt }) => receivedAt)),
	};
}
