import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { responseTo } from "#smpp/wire/layouts.ts";
import type { FieldsOf, RequestName, ResponsePdu, Tlv } from "#smpp/wire/pdu.ts";
import { UnencodableError } from "#smpp/wire/write-fields.ts";
import type { BatchedWriter } from "./batched-writer.ts";
import { inFlightRequests, type RequestOutcome } from "./in-flight.ts";
import { nextSequenceNumber } from "./sequence-numbers.ts";

/** Absent fields are blank. */
export type OutgoingRequest<Name extends RequestName = RequestName> = {
	readonly command: Name;
	readonly fields?: Partial<FieldsOf[Name]>;
	readonly tlvs?: readonly Tlv[];
};

export type OutgoingRequests = {
	readonly size: number;
	send<Name extends RequestName>(request: OutgoingRequest<Name>): Promise<RequestOutcome>;
	/** Settles the request that this response answers, also an overdue one; false if there is none. */
	answered(response: ResponsePdu): boolean;
	expire(sentBefore: number): void;
	/** Settles all requests. Later ones are unsent, and late answers are not matched any more. */
	connectionLost(): void;
};

function encoded<Name extends RequestName>(request: OutgoingRequest<Name>, sequence_number: number): Buffer | string {
	try {
		return encodePdu({ ...request, sequence_number });
	} catch (error) {
		if (error instanceof UnencodableError) return error.message;
		throw error;
	}
}

/** Sends our requests: each has its own sequence_number and exactly one outcome. */
export function openOutgoingRequests(writer: BatchedWriter, now: () => number): OutgoingRequests {
	const inFlight = inFlightRequests();
	let last = 0;
	let isLost = false;

	function freeSequenceNumber(): number {
		do last = nextSequenceNumber(last);
		while (inFlight.has(last));
		return last;
	}

	async function send<Name extends RequestName>(request: OutgoingRequest<Name>): Promise<RequestOutcome> {
		const awaits = responseTo[request.command];
		if (isLost || writer.full || awaits === undefined) return { kind: "unsent" };
		const sequenceNumber = freeSequenceNumber();
		const bytes = encoded(request, sequenceNumber);
		if (typeof bytes === "string") return { kind: "unencodable", reason: bytes };
		const { promise, resolve } = Promise.withResolvers<RequestOutcome>();
		inFlight.add({ sequenceNumber, awaits, sentAt: now(), ticket: writer.push(bytes), settle: resolve });
		return promise;
	}

	return {
		get size() {
			return inFlight.size;
		},
		send,
		answered(response) {
			const request = inFlight.answeredBy(response);
			if (request === undefined) return inFlight.answerOverdue(response);
			request.settle({ kind: "answered", response });
			return true;
		},
		expire: inFlight.expire,
		connectionLost() {
			isLost = true;
			inFlight.forgetOverdue();
			for (const request of inFlight.takeOlder(Number.POSITIVE_INFINITY)) {
				request.settle({ kind: writer.written(request.ticket) ? "disconnected" : "unsent" });
			}
		},
	};
}
