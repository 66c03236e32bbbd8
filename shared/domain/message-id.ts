import { createHmac, randomBytes } from "node:crypto";

/** Ids that one client_message_id may have: the first that is free of another message's. A collision is a one in 2^53 affair. */
export const idSeriesLength = 4;

/**
 * The `place`-th id of a client's message: always the same for the same request, so that one conditional write is the insert, the
 * duplicate check and the lookup by client id at once. Never 0, always below 2^53 (A2).
 */
export function messageIdOf(key: string, userName: string, clientMessageId: string, place: number): number {
	const hash = createHmac("sha256", key)
		.update(JSON.stringify([userName, clientMessageId, place]))
		.digest();
	return fiftyThreeBits(hash);
}

/** An id for a message that nobody will look up by a client's own. */
export function randomMessageId(): number {
	return fiftyThreeBits(randomBytes(8));
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
	const hash = createHmac("sha256", key)
		.update(JSON.stringify(["batch", userName, clientMessageIds, body]))
		.digest();
	return fiftyThreeBits(hash);
}

/** The `place`-th id of a batch's message that was refused: its own, for its client_message_id may be another message's. */
export function refusedIdOf(key: string, batchId: number, index: number, place: number): number {
	const hash = createHmac("sha256", key)
		.update(JSON.stringify(["refused", batchId, index, place, null]))
		.digest();
	return fiftyThreeBits(hash);
}
