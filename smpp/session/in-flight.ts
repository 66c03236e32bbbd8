import type { ResponsePdu } from "#smpp/wire/pdu.ts";

/** What became of a request of ours. Values, not exceptions: each is an ordinary day on an SMPP connection. */
export type RequestOutcome =
	/** The peer answered, with whatever command_status; a generic_nack is an answer too. */
	| { readonly kind: "answered"; readonly response: ResponsePdu }
	/** No answer in time. The peer may have acted on it. */
	| { readonly kind: "timed_out" }
	/** The connection fell before an answer. The peer may have acted on it. */
	| { readonly kind: "disconnected" }
	/** The peer certainly never got it: the connection was down, closing or full. */
	| { readonly kind: "unsent" }
	/** No PDU can carry what was asked for; it would be the same on every connection. */
	| { readonly kind: "unencodable"; readonly reason: string };

export type InFlightRequest = {
	readonly sequenceNumber: number;
	/** The command that answers it, beside generic_nack. */
	readonly awaits: string;
	readonly sentAt: number;
	/** The writer's ticket of its bytes. */
	readonly ticket: number;
	readonly settle: (outcome: RequestOutcome) => void;
};

export type InFlight = {
	readonly size: number;
	has(sequenceNumber: number): boolean;
	add(request: InFlightRequest): void;
	/** Takes out the request that this response answers; undefined when there is none, or when it awaits another command. */
	answeredBy(response: ResponsePdu): InFlightRequest | undefined;
	/** Takes out those asked before that time, oldest first. */
	takeOlder(sentBefore: number): readonly InFlightRequest[];
};

/** The requests that wait for an answer, in the order they were asked, by sequence_number. */
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
