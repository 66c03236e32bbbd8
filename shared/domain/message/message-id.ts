import { createHmac, randomBytes } from "node:crypto";

/** Ids that one client_message_id may have: the first that is free of another message's. A collision is a one in 2^53 affair. */
export const idSeriesLength = 4;

/**
 * The `place`-th id of a client's message: always the same for the same request, so that one conditional write is the insert, the
 * duplicate check and the lookup by client id at once. Never 0, always below 2^53 (A2).
 */
export function messageIdOf(key: string, userName: string, clientMessageId: string, place: number): number {
	return hashedId(key, [userName, clientMessageId, place]);
}

/** An id for a message that nobody will look up by a client's own. */
export function randomMessageId(): number {
	return fiftyThreeBits(randomBytes(8));
}

/** Always the same for the same; arrays of different lengths are never the same. */
function hashedId(key: string, what: readonly unknown[]): number {
	return fiftyThreeBits(createHmac("sha256", key).update(JSON.stringify(what)).digest());
}

function fiftyThreeBits(bytes: Buffer): number {
	return (bytes.readUInt32BE(0) >>> 11) * 2 ** 32 + bytes.readUInt32BE(4) || 1;
}

/** A batch's id: always the same for the same client's same batch. */
export function batchIdOf(
	key: string,
	userName: string,
	clientMessageIds: readonly (string | null)[],
	body: string,
): number {
	return hashedId(key, ["batch", userName, clientMessageIds, body]);
}

/** The `place`-th id of a batch's message that was refused: its own, for its client_message_id may be another message's. */
export function refusedIdOf(key: string, batchId: number, index: number, place: number): number {
	return hashedId(key, ["refused", batchId, index, place, null]);
}

/** The id of what a subscriber sent, by all that its SMSC says of it: the same when it is offered again, to whichever task. */
export function incomingIdOf(key: string, said: readonly unknown[]): number {
	return hashedId(key, ["incoming", said]);
}
