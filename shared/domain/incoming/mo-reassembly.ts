import { firstCharacters, type IncomingMessage, incomingTextMax } from "./incoming-message.ts";
import { type MoPart, type PartGroup, textOfParts } from "./mo-part.ts";

/** A message of several parts, as far as they have come. */
export type PartialMessage = {
	/** What its message will be called: the id of the first part that came. */
	readonly messageId: number;
	readonly parts: readonly MoPart[];
	/** When the last of them was put in. */
	readonly touchedAt: number;
	/** It is a message: all parts are there, or the others were waited for long enough. Its parts stay for a while, to know repeats by. */
	readonly closed: boolean;
};

/** All that is kept under one reference of one subscriber. Whoever changes it names the revision that it was read at; 0: it is not there. */
export type PartsRow = {
	readonly of: PartGroup;
	readonly partials: readonly PartialMessage[];
	readonly revision: number;
};

/** When it is, and how long a message waits for its next part. */
export type ReassemblyTimes = { readonly now: number; readonly waitMs: number };

/** How long a part is known again after its message was closed: an SMSC whose line fell offers what was not confirmed once more. */
const rememberedMs = 15 * 60_000;

/** What fits into a row, whatever a subscriber sends. */
const partsMax = 512;

export const isComplete = ({ parts }: PartialMessage): boolean => parts.length === parts[0]?.place?.total;

/** Puts a part where it belongs. A repeated one changes nothing. */
export function withPart(
	partials: readonly PartialMessage[],
	part: MoPart,
	times: ReassemblyTimes,
): readonly PartialMessage[] {
	/* However late its own entry comes again: whoever had it before may have failed to report the whole. */
	if (partials.some(({ parts }) => parts.some(({ partId }) => partId === part.partId))) return partials;
	const known = partials.filter(({ closed, touchedAt }) => !closed || times.now - touchedAt < rememberedMs);
	if (known.some((partial) => partial.parts.some((other) => isSame(other, part)))) return partials;
	/* The oldest first: a handset that never changes its reference has its messages delivered in their order, more or less. */
	const target = known.find((partial) => belongsTo(partial, part, times.waitMs));
	const started = { messageId: part.partId, parts: [], touchedAt: times.now, closed: false };
	const partial = added(target ?? started, part, times.now);
	return withinBound(target ? known.map((one) => (one === target ? partial : one)) : [...known, partial]);
}

const sequenceOf = ({ place }: MoPart) => place?.sequence ?? 0;

function isSame(one: MoPart, other: MoPart): boolean {
	return sequenceOf(one) === sequenceOf(other) && one.encoding === other.encoding && one.octets === other.octets;
}

/** A part that comes much later than the others has their reference by chance: it belongs to another message. */
function belongsTo({ parts, closed }: PartialMessage, part: MoPart, waitMs: number): boolean {
	const lacksIt = !closed && parts.every((other) => sequenceOf(other) !== sequenceOf(part));
	return lacksIt && parts.some(({ arrivedAt }) => Math.abs(arrivedAt - part.arrivedAt) <= waitMs);
}

function added(partial: PartialMessage, part: MoPart, now: number): PartialMessage {
	const parts = [...partial.parts, part].sort((one, other) => sequenceOf(one) - sequenceOf(other));
	const grown = { ...partial, parts, touchedAt: now };
	return { ...grown, closed: isComplete(grown) };
}

/** Forgets the oldest closed ones where there is too much, then closes the oldest of the others. */
function withinBound(partials: readonly PartialMessage[]): readonly PartialMessage[] {
	if (partials.reduce((count, { parts }) => count + parts.length, 0) <= partsMax) return partials;
	const [oldest] = partials.filter(({ closed }) => closed);
	if (oldest) return withinBound(partials.filter((partial) => partial !== oldest));
	return partials.map((partial, index) => (index === 0 ? { ...partial, closed: true } : partial));
}

const isDue = ({ touchedAt }: PartialMessage, { now, waitMs }: ReassemblyTimes) => touchedAt + waitMs <= now;

/** Closes what has waited long enough for its other parts. */
export function withOverdueClosed(
	partials: readonly PartialMessage[],
	times: ReassemblyTimes,
): readonly PartialMessage[] {
	return partials.map((partial) => (isDue(partial, times) ? { ...partial, closed: true } : partial));
}

/** How long until the first of the open ones has waited long enough; null: there is none. */
export function nextWaitMs(partials: readonly PartialMessage[], { now, waitMs }: ReassemblyTimes): number | null {
	const open = partials.filter(({ closed }) => !closed);
	return open.length === 0 ? null : Math.min(...open.map(({ touchedAt }) => touchedAt + waitMs - now));
}

/** A message that came in, before anybody looked whose it is. */
export type JoinedMessage = Omit<IncomingMessage, "userName" | "reportBatchId" | "keepUntil">;

/** A message of the parts that there are, in their order. */
export function joinedMessage(messageId: number, parts: readonly [MoPart, ...MoPart[]]): JoinedMessage {
	const [{ operator, sender, recipient }] = parts;
	return {
		messageId,
		operator,
		sender,
		recipient,
		text: firstCharacters(textOfParts(parts), incomingTextMax),
		segmentCount: parts.length,
		receivedAt: Math.max(...parts.map(({ receivedAt }) => receivedAt)),
	};
}
