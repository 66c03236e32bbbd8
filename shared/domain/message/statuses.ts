/** What may be said of a message, or of one of its segments (R38). */
export type MessageStatus =
	| "NEW"
	| "SENT"
	| "EN_ROUTE"
	| "DELIVERED"
	| "FAILED"
	| "EXPIRED"
	| "UNDELIVERABLE"
	| "ACCEPTED"
	| "INVALID"
	| "REJECTED"
	| "DELETED";

const ends = [
	"DELIVERED",
	"FAILED",
	"EXPIRED",
	"UNDELIVERABLE",
	"ACCEPTED",
	"INVALID",
	"REJECTED",
	"DELETED",
] as const satisfies readonly MessageStatus[];

export const statuses = ["NEW", "SENT", "EN_ROUTE", ...ends] as const satisfies readonly MessageStatus[];

export type FinalStatus = (typeof ends)[number];

/**
 * Which status may follow which where one copy was submitted: they move forward only. ACCEPTED is an end, though a DELIVERED that
 * comes after all may still replace it (A35).
 */
const follows = {
	NEW: ["SENT", "EN_ROUTE", ...ends],
	SENT: ["EN_ROUTE", ...ends],
	EN_ROUTE: ends,
	ACCEPTED: ["DELIVERED"],
	EXPIRED: [],
	DELIVERED: [],
	FAILED: [],
	UNDELIVERABLE: [],
	INVALID: [],
	REJECTED: [],
	DELETED: [],
} as const satisfies Record<MessageStatus, readonly MessageStatus[]>;

/** @param hasCopies whether more than one may have been submitted: then the DELIVERED of any copy replaces every other end (A35). */
export function mayFollow(from: MessageStatus, to: MessageStatus, hasCopies = false): boolean {
	if (hasCopies && to === "DELIVERED") return from !== "DELIVERED";
	const next: readonly MessageStatus[] = follows[from];
	return next.includes(to);
}

export function isFinal(status: MessageStatus): status is FinalStatus {
	const all: readonly MessageStatus[] = ends;
	return all.includes(status);
}
