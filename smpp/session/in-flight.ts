import type { ResponsePdu } from "#smpp/wire/pdu.ts";

export type RequestOutcome =
	/** Any command_status, and also a generic_nack. */
	| { readonly kind: "answered"; readonly response: ResponsePdu }
	/** No answer in time. The peer may have acted on it. */
	| { readonly kind: "timed_out" }
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
	/** Removes requests sent before that time, oldest first. */
	takeOlder(sentBefore: number): readonly InFlightRequest[];
};

/** Unanswered requests by sequence_number, in the order in which they were sent. */
export function inFlightRequests(): InFlight {
	const waiting = new Map<number, InFlightRequest>();
	return {
		get size() {
			return waiting.size;
		},
		has: (sequenceNumber) => waiting.has(sequenceNumber),
		add(request) {
			waiting.set(request.sequenceNumber, request);
		},
		answeredBy(response) {
			const request = waiting.get(response.sequence_number);
			if (request === undefined) return undefined;
			if (response.command !== request.awaits && response.command !== "generic_nack") return undefined;
			waiting.delete(request.sequenceNumber);
			return request;
		},
		takeOlder(sentBefore) {
			const older: InFlightRequest[] = [];
			for (const request of waiting.values()) {
				if (request.sentAt >= sentBefore) break;
				older.push(request);
			}
			for (const { sequenceNumber } of older) waiting.delete(sequenceNumber);
			return older;
		},
	};
}
