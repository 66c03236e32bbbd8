import type { ResponsePdu } from "#smpp/wire/pdu.ts";

export type RequestOutcome =
	/** Any command_status, and also a generic_nack. */
	| { readonly kind: "answered"; readonly response: ResponsePdu }
	/** No answer in time. The peer may have acted on it. `late`: the answer if it still comes; null once it cannot be matched. */
	| { readonly kind: "timed_out"; readonly late?: Promise<ResponsePdu | null> }
	/** The connection fell before an answer. The peer may have acted on it. */
	| { readonly kind: "disconnected" }
	/** The peer did not get it: the connection was down, closing or full. */
	| { readonly kind: "unsent" }
	/** No PDU can carry it, on any connection. */
	| { readonly kind: "unencodable"; readonly reason: string };

export type InFlightRequest = {
	readonly sequenceNumber: number;
	/** The command of its answer, besides generic_nack. */
	readonly awaits: string;
	readonly sentAt: number;
	readonly ticket: number;
	readonly settle: (outcome: RequestOutcome) => void;
};

export type InFlight = {
	readonly size: number;
	has(sequenceNumber: number): boolean;
	add(request: InFlightRequest): void;
	/** Removes the request that this response answers; undefined if there is none, or if the command does not fit. */
	answeredBy(response: ResponsePdu): InFlightRequest | undefined;
	/** Settles the overdue request that this response answers; false if there is none. */
	answerOverdue(response: ResponsePdu): boolean;
	/** Removes requests sent before that time, oldest first. */
	takeOlder(sentBefore: number): readonly InFlightRequest[];
	/** Settles requests sent before that time as timed out. Their answers are still matched, for the last `overdueMax`. */
	expire(sentBefore: number): void;
	/** From now on no late answer is matched. */
	forgetOverdue(): void;
};

type Overdue = Pick<InFlightRequest, "sequenceNumber" | "awaits"> & {
	readonly answer: (response: ResponsePdu | null) => void;
};

export const overdueMax = 10_000;

const isAnswer = (response: ResponsePdu, { awaits }: Pick<InFlightRequest, "awaits">) =>
	response.command === awaits || response.command === "generic_nack";

/** Unanswered requests by sequence_number, in the order in which they were sent. */
export function inFlightRequests(): InFlight {
	const waiting = new Map<number, InFlightRequest>();
	const overdue = new Map<number, Overdue>();

	function settleOverdue({ sequenceNumber, answer }: Overdue, response: ResponsePdu | null): void {
		overdue.delete(sequenceNumber);
		answer(response);
	}

	function takeOlder(sentBefore: number): readonly InFlightRequest[] {
		const older: InFlightRequest[] = [];
		for (const request of waiting.values()) {
			if (request.sentAt >= sentBefore) break;
			older.push(request);
		}
		for (const { sequenceNumber } of older) waiting.delete(sequenceNumber);
		return older;
	}

	return {
		get size() {
			return waiting.size;
		},
		has: (sequenceNumber) => waiting.has(sequenceNumber) || overdue.has(sequenceNumber),
		add(request) {
			waiting.set(request.sequenceNumber, request);
		},
		answeredBy(response) {
			const request = waiting.get(response.sequence_number);
			if (request === undefined || !isAnswer(response, request)) return undefined;
			waiting.delete(request.sequenceNumber);
			return request;
		},
		answerOverdue(response) {
			const request = overdue.get(response.sequence_number);
			if (request === undefined || !isAnswer(response, request)) return false;
			settleOverdue(request, response);
			return true;
		},
		takeOlder,
		expire(sentBefore) {
			for (const { sequenceNumber, awaits, settle } of takeOlder(sentBefore)) {
				const { promise: late, resolve: answer } = Promise.withResolvers<ResponsePdu | null>();
				overdue.set(sequenceNumber, { sequenceNumber, awaits, answer });
				settle({ kind: "timed_out", late });
			}
			for (const request of overdue.values()) {
				if (overdue.size <= overdueMax) break;
				settleOverdue(request, null);
			}
		},
		forgetOverdue() {
			for (const request of overdue.values()) settleOverdue(request, null);
		},
	};
}
