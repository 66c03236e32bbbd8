import { firstCharacters, type IncomingMessage, incomingTextMax } from "./incoming-message.ts";
import { type MoPart, type PartGroup, textOfParts } from "./mo-part.ts";

export type PartialMessage = {
	/** The id of the message: that of the first part that came. */
	readonly messageId: number;
	readonly parts: readonly MoPart[];
	readonly touchedAt: number;
	/** All parts are there, or the wait for the others is over. Its parts stay for a while, to recognise repeats. */
	readonly closed: boolean;
};

/** The row of one part group. A change names the revision that it read; 0: there is no row. */
export type PartsRow = {
	readonly of: PartGroup;
	readonly partials: readonly PartialMessage[];
	readonly revision: number;
};

export type ReassemblyTimes = { readonly now: number; readonly waitMs: number };

/** How long parts of a closed message are recognised: an SMSC repeats unconfirmed ones after its link broke. */
const rememberedMs = 15 * 60_000;

/** Keeps a row below the size limit of DynamoDB. */
const partsMax = 512;

export const isComplete = ({ parts }: PartialMessage): boolean => parts.length === parts[0]?.place?.total;

/** Adds a part to the message that it belongs to. A repeated part changes nothing. */
export function withPart(
	partials: readonly PartialMessage[],
	part: MoPart,
	times: ReassemblyTimes,
): readonly PartialMessage[] {
	/* However late: the process that received this part before may have failed to report the message. */
	if (partials.some(({ parts }) => parts.some(({ partId }) => partId === part.partId))) return partials;
	const known = partials.filter(({ closed, touchedAt }) => !closed || times.now - touchedAt < rememberedMs);
	if (known.some((partial) => partial.parts.some((other) => isSame(other, part)))) return partials;
	/* The oldest first, for handsets that never change their reference: their messages arrive roughly in order. */
	const target = known.find((partial) => belongsTo(partial, part, times.waitMs));
	const started = { messageId: part.partId, parts: [], touchedAt: times.now, closed: false };
	const partial = added(target ?? started, part, times.now);
	return withinBound(target ? known.map((one) => (one === target ? partial : one)) : [...known, partial]);
}

const sequenceOf = ({ place }: MoPart) => place?.sequence ?? 0;

function isSame(one: MoPart, other: MoPart): boolean {
	return sequenceOf(one) === sequenceOf(other) && one.encoding === other.encoding && one.octets === other.octets;
}

/** A part that comes much later than the others belongs to another message with the same reference. */
function belongsTo({ parts, closed }: PartialMessage, part: MoPart, waitMs: number): boolean {
	const lacksIt = !closed && parts.every((other) => sequenceOf(other) !== sequenceOf(part));
	return lacksIt && parts.some(({ arrivedAt }) => Math.abs(arrivedAt - part.arrivedAt) <= waitMs);
}

function added(partial: PartialMessage, part: MoPart, now: number): PartialMessage {
	const parts = [...partial.parts, part].sort((one, other) => sequenceOf(one) - sequenceOf(other));
	const grown = { ...partial, parts, touchedAt: now };
	return { ...grown, closed: isComplete(grown) };
}

/** If there are too many parts, drops the oldest closed messages, then closes the oldest open one. */
function withinBound(partials: readonly PartialMessage[]): readonly PartialMessage[] {
	if (partials.reduce((count, { parts }) => count + parts.length, 0) <= partsMax) return partials;
	const [oldest] = partials.filter(({ closed }) => closed);
	if (oldest) return withinBound(partials.filter((partial) => partial !== oldest));
	return partials.map((partial, index) => (index === 0 ? { ...partial, closed: true } : partial));
}

const isDue = ({ touchedAt }: PartialMessage, { now, waitMs }: ReassemblyTimes) => touchedAt + waitMs <= now;

export function withOverdueClosed(
	partials: readonly PartialMessage[],
	times: ReassemblyTimes,
): readonly PartialMessage[] {
	return partials.map((partial) => (isDue(partial, times) ? { ...partial, closed: true } : partial));
}

/** The time until the wait of the first open message is over; null: none is open. */
export function nextWaitMs(partials: readonly PartialMessage[], { now, waitMs }: ReassemblyTimes): number | null {
	const open = partials.filter(({ closed }) => !closed);
	return open.length === 0 ? null : Math.min(...open.map(({ touchedAt }) => touchedAt + waitMs - now));
}

/** A complete message that is not routed to an account yet. */
export type JoinedMessage = Omit<IncomingMessage, "userName" | "reportBatchId" | "keepUntil">;
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
