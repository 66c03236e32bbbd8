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

export const ends = [
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

/** Which status may follow which, if there is one copy. ACCEPTED is final, but a later DELIVERED replaces it (A35). */
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

/** @param hasCopies whether there may be copies: then the DELIVERED of any replaces every other final status (A35). */
export function mayFollow(from: MessageStatus, to: MessageStatus, hasCopies = false): boolean {
	if (hasCopies && to === "DELIVERED") return from !== "DELIVERED";
	const next: readonly MessageStatus[] = follows[from];
	return next.includes(to);
}

export function isFinal(status: MessageStatus): status is FinalStatus {
	const all: readonly MessageStatus[] = ends;
	return all.includes(status);
}

/** The ends that are no failure (R36). */
export const successes: readonly FinalStatus[] = ["DELIVERED", "ACCEPTED"];
