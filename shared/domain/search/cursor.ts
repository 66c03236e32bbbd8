import { createHmac, timingSafeEqual } from "node:crypto";

/** 64 bits, in hexadecimal. */
const signatureLength = 16;

function signatureOf(key: string, criteria: unknown, place: string): string {
	const what = JSON.stringify(["cursor", criteria, place]);
	return createHmac("sha256", key).update(what).digest("hex").slice(0, signatureLength);
}

/** Where the next page of a search begins, as an opaque text. It holds for the same criteria only. */
export function cursorAt(key: string, criteria: unknown, place: string): string {
	return `${signatureOf(key, criteria, place)}${place}`;
}

/** The place in a cursor; null if the cursor was not made for these criteria, or was altered. */
export function placeInCursor(key: string, criteria: unknown, cursor: string): string | null {
	const place = cursor.slice(signatureLength);
	const [given, own] = [cursor.slice(0, signatureLength), signatureOf(key, criteria, place)].map(Buffer.from);
	if (given === undefined || own === undefined || given.length !== own.length) return null;
	return timingSafeEqual(given, own) ? place : null;
}
