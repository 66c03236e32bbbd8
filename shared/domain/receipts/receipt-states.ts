import { isFinal, type MessageStatus } from "../message/statuses.ts";

/**
 * The states of receipts as SMSCs spell them, in capitals and without other characters (A36). The first of each row is
 * SMPP's own (appendix B). A state that is not here is not final: a later receipt may name the end.
 */
const spellings = {
	EN_ROUTE: [
		...["ENROUTE", "ENROUT", "ACKED", "BUFFERED", "BUFFRED", "BUFFERD", "BUFFER", "RETRY", "RETRYING", "SCHEDULED"],
		...["SCHEDLD", "SCHEDUL", "PENDING", "QUEUED", "QUEUE", "SENT", "SUBMITTED", "SUBMITD", "SUBMIT", "PROCESSING"],
		...[
			"DELIVERYPENDING",
			"INPROGRESS",
			"TRANSIT",
			"INTRANSIT",
			"WAITING",
			"DEFERRED",
			"DEFERED",
			"TEMPFAIL",
			"TEMPERROR",
			"STORED",
		],
	],
	DELIVERED: [
		...["DELIVRD", "DELIVERED", "DELIVERD", "DELIVRED", "DELIVD", "DELIVED"],
		...["DELIVERDD", "DELIRVD", "DELVRD", "DELVERD", "DLVRD", "DELIVERYSUCCESS", "SUCCESS", "READ", "SEEN"],
	],
	EXPIRED: ["EXPIRED", "EXPIRD", "EXPIRE", "EXPRED", "EXPIED", "EXPIREDD", "EXPRD", "TIMEOUT"],
	DELETED: ["DELETED", "DELETD", "DELETE", "DELTED", "CANCELED", "CANCELLED", "CANCELD", "CANCEL"],
	UNDELIVERABLE: [
		...["UNDELIV", "UNDELIVERABLE", "UNDELIVRD", "UNDELIVERED", "UNDELIVERD", "UNDELIVD", "UNDELIVRED", "UNDELVRD"],
		...["UNDLVRD", "UNDELIVE", "UNDELIVER", "UNDELIVERAB", "NOTDELIVERED", "NOTDELIVRD", "NOTDELIV", "NONDELIVERED"],
		...["NODELIV", "NOROUTE", "SKIPPED"],
	],
	ACCEPTED: ["ACCEPTD", "ACCEPTED", "ACCEPT", "ACCPTD", "ACCEPED", "ACCEPTDD"],
	INVALID: ["UNKNOWN", "UNKNOW", "UNKNWN", "UNKNOWED", "UNKOWN", "UNKN", "INVALID"],
	REJECTED: [
		...["REJECTD", "REJECTED", "REJECT", "REJCTED", "REJCTD", "REJECTEDD", "REJD", "BLOCKED", "BARRED", "BLACKLISTED"],
		...["BLACKLIST", "BLCKLST", "NOCRED", "NOCREDIT"],
	],
	FAILED: ["FAILED", "FAIL", "FAILD", "FAILURE", "ERROR", "SYSERR", "SYSERROR", "DELIVERYFAILED", "DELIVERYFAILURE"],
} as const satisfies Partial<Record<MessageStatus, readonly string[]>>;

const statusBySpelling: ReadonlyMap<string, MessageStatus> = new Map(
	Object.entries(spellings).flatMap(([status, names]) => names.map((name) => [name, status as MessageStatus] as const)),
);

/** SMPP's own spelling of a status; undefined for one that no receipt has. */
export function usualState(status: MessageStatus): string | undefined {
	return status in spellings ? spellings[status as keyof typeof spellings][0] : undefined;
}

/** The state of each value of the TLV message_state (SMPP section 5.2.28); 0 and 9 are of SMPP 5.0. */
const stateByNumber = [
	"SCHEDULED",
	"ENROUTE",
	"DELIVRD",
	"EXPIRED",
	"DELETED",
	"UNDELIV",
	"ACCEPTD",
	"UNKNOWN",
	"REJECTD",
	"SKIPPED",
] as const;

export function stateOfNumber(state: number): string | undefined {
	return stateByNumber[state];
}

/** Undefined if the state is not known. A number is a message_state. */
export function statusOfState(state: string): MessageStatus | undefined {
	const named = /^\d$/.test(state) ? stateOfNumber(Number(state)) : state;
	return statusBySpelling.get((named ?? "").toUpperCase().replaceAll(/[^A-Z]/g, ""));
}

/**
 * A state of several words: all of them if the state is known, otherwise its first word. That counts only if no further
 * word is a state that contradicts it, as in `READ TIMEOUT`.
 */
export function plainState(state: string | undefined): string | undefined {
	if (state === undefined || statusOfState(state) !== undefined) return state;
	const [first = "", ...others] = state.split(/\s+/);
	const status = statusOfState(first);
	const isContradicted = others.some((one) => (statusOfState(one) ?? status) !== status || one === "NOT");
	return status === undefined || isContradicted ? state : first;
}

/**
 * Which of a receipt's states counts: the one with the highest weight. Final states are above EN_ROUTE, and EN_ROUTE is above
 * UNKNOWN. ACCEPTED is the lowest final state.
 */
function weightOf(state: string): number {
	const status = statusOfState(state);
	if (status === undefined) return 0;
	if (status === "INVALID") return 1;
	if (status === "ACCEPTED") return 3;
	return isFinal(status) ? 4 : 2;
}

/** Of a receipt's states, that which says most; the first of equals. "" if there is none. */
export function strongestState(states: readonly string[]): string {
	return states.reduce((best, state) => (best === "" || weightOf(state) > weightOf(best) ? state : best), "");
}
