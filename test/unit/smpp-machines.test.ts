import { describe, expect, it } from "vitest";
import { backOffMs } from "#shared/domain/time/back-off.ts";
import { submitOutcome } from "#smpp/operators/submit-outcome.ts";
import { type BindState, refusalIn } from "#smpp/session/bind-states.ts";
import { type InFlightRequest, inFlightRequests } from "#smpp/session/in-flight.ts";
import { openIncomingRequests, type SmppResponse } from "#smpp/session/incoming-requests.ts";
import { nextSequenceNumber } from "#smpp/session/sequence-numbers.ts";
import { peerHeard, startTimers, tick } from "#smpp/session/session-timers.ts";
import type { RequestName, RequestPdu, ResponsePdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";

const limits = { bindMs: 100, idleMs: 1_000, enquireLinkMs: 50, missesMax: 2 };
const bound = { ...startTimers(limits, 0), bound: true };

describe("the timers of a connection", () => {
	it("give up a connection that does not bind in time", () => {
		expect(tick(startTimers(limits, 0), 100)[0]).toBe("wait");
		expect(tick(startTimers(limits, 0), 101)[0]).toBe("give_up");
	});

	it("send enquire_link to a silent peer, and give up after the maximum of misses", () => {
		const [first, asked] = tick(bound, 1_001);
		const [second, missed] = tick(asked, 1_052);

		expect([first, second]).toEqual(["enquire", "enquire"]);
		expect(tick(missed, 1_102)[0]).toBe("wait");
		expect(tick(missed, 1_103)[0]).toBe("give_up");
	});

	it("forget the misses once anything is received", () => {
		const [, asked] = tick(bound, 1_001);
		const [, missed] = tick(asked, 1_052);

		expect(tick(peerHeard(missed, 1_060), 1_200)[0]).toBe("wait");
	});

	it("leave an active peer alone", () => {
		expect(tick(peerHeard(bound, 5_000), 6_000)[0]).toBe("wait");
	});
});

describe("sequence numbers", () => {
	it("restart after the greatest", () => {
		expect([0, 1, 0x7ffffffe, 0x7fffffff].map(nextSequenceNumber)).toEqual([1, 2, 0x7fffffff, 1]);
	});
});

describe("requests in flight", () => {
	const aRequest = (sequenceNumber: number, sentAt = 0): InFlightRequest => ({
		sequenceNumber,
		awaits: "submit_sm_resp",
		sentAt,
		ticket: 0,
		settle: () => undefined,
	});
	const aResponse = (command: string, sequence_number: number) => ({ command, sequence_number }) as ResponsePdu;

	it("are settled once, by their own response", () => {
		const inFlight = inFlightRequests();
		inFlight.add(aRequest(1));

		expect(inFlight.answeredBy(aResponse("submit_sm_resp", 1))?.sequenceNumber).toBe(1);
		expect(inFlight.answeredBy(aResponse("submit_sm_resp", 1))).toBeUndefined();
	});

	it("are settled by a generic_nack, but not by another command's response", () => {
		const inFlight = inFlightRequests();
		inFlight.add(aRequest(1));

		expect(inFlight.answeredBy(aResponse("enquire_link_resp", 1))).toBeUndefined();
		expect(inFlight.answeredBy(aResponse("generic_nack", 1))).toBeDefined();
	});

	it("are taken when they are too old, oldest first", () => {
		const inFlight = inFlightRequests();
		for (const [sequence, at] of [
			[1, 10],
			[2, 20],
			[3, 30],
		] as const)
			inFlight.add(aRequest(sequence, at));

		expect(inFlight.takeOlder(30).map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2]);
		expect(inFlight.size).toBe(1);
	});
});

describe("the bind states", () => {
	const { ESME_RINVBNDSTS, ESME_RALYBND } = commandStatuses;
	it.each<["esme" | "smsc", BindState, RequestName, number | undefined]>([
		["smsc", "open", "bind_transceiver", undefined],
		["smsc", "binding", "bind_transceiver", ESME_RALYBND],
		["smsc", "transceiver", "bind_receiver", ESME_RALYBND],
		["smsc", "open", "submit_sm", ESME_RINVBNDSTS],
		["smsc", "binding", "submit_sm", ESME_RINVBNDSTS],
		["smsc", "receiver", "submit_sm", ESME_RINVBNDSTS],
		["smsc", "transmitter", "submit_sm", undefined],
		["smsc", "transceiver", "submit_sm", undefined],
		["smsc", "transceiver", "deliver_sm", ESME_RINVBNDSTS],
		["smsc", "open", "enquire_link", undefined],
		["smsc", "open", "unbind", ESME_RINVBNDSTS],
		["smsc", "receiver", "unbind", undefined],
		["esme", "transceiver", "deliver_sm", undefined],
		["esme", "transmitter", "deliver_sm", ESME_RINVBNDSTS],
		["esme", "transceiver", "submit_sm", ESME_RINVBNDSTS],
		["esme", "transceiver", "bind_transceiver", ESME_RINVBNDSTS],
		["esme", "open", "deliver_sm", ESME_RINVBNDSTS],
	])("as %s, %s, answer %s with %s", (side, state, command, status) => {
		expect(refusalIn(side, state, command)).toBe(status);
	});
});

describe("incoming requests", () => {
	const aRequest = (sequence_number: number) => ({ command: "submit_sm", sequence_number }) as RequestPdu;
	function someIncomingRequests(serve: () => SmppResponse | Promise<SmppResponse>, clock = { now: 0 }) {
		const answers: [number, number][] = [];
		const incomingRequests = openIncomingRequests({
			serve,
			answer: ({ sequence_number }, { command_status }) => answers.push([sequence_number, command_status]),
			onAnswered: () => undefined,
			onFailed: () => undefined,
			now: () => clock.now,
			max: 2,
		});
		return { incomingRequests, answers };
	}

	it("are limited in number, and the others are handled in the order they came", async () => {
		const works: PromiseWithResolvers<SmppResponse>[] = [];
		const { incomingRequests, answers } = someIncomingRequests(() => {
			const work = Promise.withResolvers<SmppResponse>();
			works.push(work);
			return work.promise;
		});
		for (const sequence of [1, 2, 3]) incomingRequests.take(aRequest(sequence));
		expect(works).toHaveLength(2);
		expect(incomingRequests.isSaturated).toBe(true);

		works[1]?.resolve({ command_status: 0 });
		await works[1]?.promise;

		expect(answers).toEqual([[2, 0]]);
		expect(works).toHaveLength(3);
		expect(incomingRequests.idle).toBe(false);
	});

	it("are not started after the connection ended", async () => {
		const works: PromiseWithResolvers<SmppResponse>[] = [];
		const { incomingRequests } = someIncomingRequests(() => {
			const work = Promise.withResolvers<SmppResponse>();
			works.push(work);
			return work.promise;
		});
		for (const sequence of [1, 2, 3]) incomingRequests.take(aRequest(sequence));

		incomingRequests.dropQueued();
		works[0]?.resolve({ command_status: 0 });
		await works[0]?.promise;

		expect(works).toHaveLength(2);
	});

	it("are answered with a system error when their handler throws or rejects", async () => {
		const thrown = someIncomingRequests(() => {
			throw new Error("broken");
		});
		const rejected = someIncomingRequests(() => Promise.reject(new Error("broken")));

		thrown.incomingRequests.take(aRequest(1));
		rejected.incomingRequests.take(aRequest(1));
		await Promise.resolve();

		expect(thrown.answers).toEqual([[1, commandStatuses.ESME_RSYSERR]]);
		expect(rejected.answers).toEqual([[1, commandStatuses.ESME_RSYSERR]]);
	});

	it("are answered once when their handler is too slow, and its late answer is dropped", async () => {
		const clock = { now: 0 };
		const work = Promise.withResolvers<SmppResponse>();
		const { incomingRequests, answers } = someIncomingRequests(() => work.promise, clock);
		incomingRequests.take(aRequest(1));

		incomingRequests.expire(1);
		work.resolve({ command_status: 0 });
		await work.promise;

		expect(answers).toEqual([[1, commandStatuses.ESME_RSYSERR]]);
		expect(incomingRequests.idle).toBe(true);
	});
});

describe("a back-off", () => {
	const limit = { firstMs: 250, maxMs: 30_000 };

	it("doubles up to its maximum, half of it random", () => {
		expect([1, 2, 3, 8, 400].map((failures) => backOffMs(limit, failures, 1))).toEqual([250, 500, 1000, 30000, 30000]);
		expect(backOffMs(limit, 3, 0)).toBe(500);
	});
});

describe("a submit's outcome", () => {
	const answered = (command: string, command_status: number) =>
		submitOutcome({
			kind: "answered",
			response: { command, command_status, fields: { message_id: "id" } } as ResponsePdu,
		});

	it.each([
		["submit_sm_resp", 0, { kind: "accepted", smscId: "id" }],
		["submit_sm_resp", 0x58, { kind: "throttled", commandStatus: 0x58 }],
		["submit_sm_resp", 0x14, { kind: "throttled", commandStatus: 0x14 }],
		["submit_sm_resp", 11, { kind: "refused", commandStatus: 11 }],
		["submit_sm_resp", 8, { kind: "temporary", commandStatus: 8 }],
		["submit_sm_resp", 100, { kind: "temporary", commandStatus: 100 }],
		["submit_sm_resp", 4, { kind: "reconnect", commandStatus: 4 }],
		["generic_nack", 8, { kind: "temporary", commandStatus: 8 }],
		["generic_nack", 3, { kind: "refused", commandStatus: 3 }],
		["generic_nack", 0, { kind: "unknown" }],
	])("of %s with %i is %o", (command, status, outcome) => {
		expect(answered(command, status)).toEqual(outcome);
	});

	it("distinguishes what may have been sent from what was not", () => {
		expect((["timed_out", "disconnected", "unsent"] as const).map((kind) => submitOutcome({ kind }).kind)).toEqual([
			"unknown",
			"unknown",
			"unsent",
		]);
	});

	it("is temporary if no submit_sm can carry it: a setting of the SMSC may be wrong, and no message ends for that", () => {
		const outcome = submitOutcome({ kind: "unencodable", reason: "service_type must be Latin-1" }, { 69: "permanent" });

		expect(outcome).toEqual({ kind: "temporary", commandStatus: 69 });
	});
});
