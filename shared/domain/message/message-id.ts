import { createHmac, randomBytes } from "node:crypto";
import type { Message } from "./message.ts";

/** 96 bits in base64. */
const digestLength = 16;

/** A client_message_id has this many possible ids, because hashes may collide. The first free one is used. */
export const idSeriesLength = 4;

/**
 * The `place`-th possible id of a client's message. It depends on the request only, so one conditional write inserts
 * the message, checks for duplicates, and makes it findable by client id. From 1 to below 2^53 (A2).
 */
export function messageIdOf(key: string, userName: string, clientMessageId: string, place: number): number {
	return hashedId(key, [userName, clientMessageId, place]);
}

export function randomMessageId(): number {
	return fiftyThreeBits(randomBytes(8));
}

/** JSON keeps arrays of different items or lengths apart. */
function hashedId(key: string, what: readonly unknown[]): number {
	return fiftyThreeBits(createHmac("sha256", key).update(JSON.stringify(what)).digest());
}

function fiftyThreeBits(bytes: Buffer): number {
	return (bytes.readUInt32BE(0) >>> 11) * 2 ** 32 + bytes.readUInt32BE(4) || 1;
}

/** A keyed hash that recognises the text of a client's message. It differs between messages with the same text. */
export function textDigestOf(
	key: string,
	{ userName, clientMessageId, text }: Pick<Message, "userName" | "clientMessageId" | "text">,
): string {
	const what = JSON.stringify(["text", userName, clientMessageId, text]);
	return createHmac("sha256", key).update(what).digest("base64").slice(0, digestLength);
}

export function batchIdOf(
	key: string,
	userName: string,
	clientMessageIds: readonly (string | null)[],
	body: string,
): number {
	return hashedId(key, ["batch", userName, clientMessageIds, body]);
}

/** The `place`-th possible id of a refused message of a batch. Its client_message_id may belong to another message. */
export function refusedIdOf(key: string, batchId: number, index: number, place: number): number {
	return hashedId(key, ["refused", batchId, index, place, null]);
}

/** The id of an MO part, from all its fields, so it is the same when the SMSC delivers the part again to any task. */
export function incomingIdOf(key: string, said: readonly unknown[]): number {
	return hashedId(key, ["incoming", said]);
}
