import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, lanes } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import type { Submission } from "#shared/domain/message/message-transitions.ts";
import type { BindLeaseHooks } from "#smpp/operators/bind-leases.ts";
import { giveBackWhileClosed } from "#smpp/operators/give-back-while-closed.ts";
import type { Bind } from "#smpp/operators/keep-bind.ts";
import type { LeasedBindsOptions } from "#smpp/operators/leased-binds.ts";
import { type OutboundMessage, outboundFrom, outboundQueue } from "#smpp/operators/outbound-messages.ts";
import type { SubmitOutcome, SubmitSm } from "#smpp/operators/submit-outcome.ts";
import { openSubmitter, type SubmitterOptions } from "#smpp/operators/submitter.ts";
import { allBindLeases } from "#test/fakes/bind-leases.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const lane = lanes.find(({ name }) => name === "kcell-bulk") as Lane;

type Submit = { readonly leasedBind: number; readonly pdu: SubmitSm; answer(outcome: SubmitOutcome): void };

/** An operator's binds. The test gives each answer by hand. */
function manualBinds() {
	const submits: Submit[] = [];
	const binds: { bound: boolean; stopped: boolean; renewed: string[]; up(): void; fall(): void }[] = [];
	const openBind: LeasedBindsOptions["openBind"] = ({ onUp, onDown }): Bind => {
		const leasedBind = binds.length;
		const unanswered = new Set<Promise<SubmitOutcome>>();
		const state = {
			renewed: [] as string[],
			bound: false,
			stopped: false,
			up() {
				state.bound = true;
				onUp();
			},
			fall() {
				state.bound = false;
				onDown("the line fell");
			},
		};
		binds.push(state);
		return {
			get bound() {
				return state.bound;
			},
			async submit(pdu) {
				const { promise, resolve } = Promise.withResolvers<SubmitOutcome>();
				submits.push({ leasedBind, pdu, answer: resolve });
				unanswered.add(promise);
				const outcome = await promise;
				unanswered.delete(promise);
				return outcome;
			},
			renew: (reason) => void state.renewed.push(reason),
			/* Like a real bind, it waits for its answers and for the answer to its unbind. */
			async stop() {
				await Promise.all(unanswered);
				await new Promise<void>((resolve) => process.nextTick(resolve));
				state.bound = false;
				state.stopped = true;
			},
		};
	};
	return { submits, binds, openBind };
}

const entries = [{ entryId: "its entry", kind: "first", handle: "its handle" }] as const;
const outboundOptions = { lane, entries, mayRepeat: false, style: defaultSubmitStyle };

function anOutbound(text = "hello", parts: Partial<OutboundMessage> = {}): OutboundMessage {
	const message = aMessage({ text, expiresAt: Date.now() + 3_600_000 });
	return { ...outboundFrom(parts.message ?? message, { ...outboundOptions, readAt: Date.now() }), ...parts };
}

/** The stored row after another submit of the next segment is counted. */
function countedOnce({ message, smscIds, repeats }: OutboundMessage): Message {
	const repeated = { segmentIndex: smscIds.length, times: repeats + 1, countId: `count ${message.revision}` };
	return { ...message, holder: "its entry", repeated, revision: message.revision + 1 };
}

function aSubmitter(outboundMessages: OutboundMessage[], parts: Partial<SubmitterOptions> = {}) {
	const binds = manualBinds();
	const recorded: { outbound: OutboundMessage; submission: Submission }[] = [];
	const again: OutboundMessage[] = [];
	const segments: (string | undefined)[] = [];
	const interrupted: OutboundMessage[] = [];
	const counted: OutboundMessage[] = [];
	const lateRecords: OutboundMessage[] = [];
	let rooms = 0;
	const submitter = openSubmitter({
		binds: 1,
		window: 10,
		tps: 1_000,
		style: defaultSubmitStyle,
		openBind: binds.openBind,
		keepBindLeases: allBindLeases(parts.binds ?? 1),
		isPaused: () => false,
		next: () => outboundMessages.shift(),
		recheck: async (outbound) => void again.push(outbound),
		recordSegment: async ({ smscIds }) => void segments.push(smscIds.at(-1)),
		recordInterrupted: async (outbound) => void interrupted.push(outbound),
		countRepeat: async (outbound) => {
			counted.push(outbound);
			return countedOnce(outbound);
		},
		defer: () => undefined,
		recordLate: async (outbound) => void lateRecords.push(outbound),
		isBusy: () => true,
		isHeld: () => true,
		record: async (outbound, submission) => void recorded.push({ outbound, submission }),
		onRoom: () => {
			rooms += 1;
		},
		now: Date.now,
		log: memoryLog(),
		...parts,
	});
	for (const bind of binds.binds) bind.up();
	return { submitter, ...binds, recorded, segments, interrupted, counted, again, lateRecords, rooms: () => rooms };
}

const accepted = (smscId = "a"): SubmitOutcome => ({ kind: "accepted", smscId });

/** Outbound messages that never count as read too long ago. */
const freshOutbound = (count: number) =>
	Array.from({ length: count }, () => anOutbound("hello", { readAt: Number.POSITIVE_INFINITY }));

/** Lets pending callbacks run and this much time pass. */
const settle = async (ms = 100) => await vi.advanceTimersByTimeAsync(ms);

describe("the submitter", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("records an accepted message, with its id and both times (R32)", async () => {
		const outbound = anOutbound();
		const { submits, recorded } = aSubmitter([outbound]);
		const before = Date.now();
		await settle(40);

		submits[0]?.answer(accepted("0A1"));
		await settle(0);

		expect(recorded).toEqual([
			{
				outbound: expect.objectContaining({ message: outbound.message }),
				submission: {
					...{ smscIds: ["0A1"], sentAt: before, confirmedAt: before + 40, resends: 0, refusal: null },
					...{ bindIndex: 0, attempts: [] },
				},
			},
		]);
	});

	it.each([
		[8, "FAILED", "8"],
		[0x0b, "REJECTED", "11"],
	])("records a refusal with command_status %i as the final status (A36)", async (commandStatus, status, errorCode) => {
		const { submits, recorded, again } = aSubmitter([anOutbound()]);

		submits[0]?.answer({ kind: "refused", commandStatus });
		await settle(0);

		expect(recorded[0]?.submission).toMatchObject({ smscIds: [], refusal: { status, errorCode } });
		expect(again).toEqual([]);
	});

	it("sends the segments of a message on one bind while that is bound, whatever others are free", async () => {
		const { submits } = aSubmitter([anOutbound("x".repeat(400)), anOutbound(), anOutbound()], { binds: 2 });
		await settle();
		const first = submits.find(({ pdu }) => pdu.esm_class === 0x40);
		/* The other bind is then idle, and this one is not. */
		submits.find(({ leasedBind }) => leasedBind !== first?.leasedBind)?.answer(accepted());
		await settle();

		first?.answer(accepted("1"));
		await settle();

		expect(submits.filter(({ pdu }) => pdu.esm_class === 0x40).map(({ leasedBind }) => leasedBind)).toEqual([
			first?.leasedBind,
			first?.leasedBind,
		]);
	});

	it("sends the segments of a message in order, each after the answer to the one before", async () => {
		const { submits, recorded } = aSubmitter([anOutbound("x".repeat(400))]);
		const submitCounts: number[] = [];
		for (const smscId of ["a", "b", "c"]) {
			submitCounts.push(submits.length);
			submits.at(-1)?.answer(accepted(smscId));
			await settle();
		}

		expect(submitCounts).toEqual([1, 2, 3]);
		expect(submits.map(({ pdu }) => pdu.short_message[5])).toEqual([1, 2, 3]);
		expect(recorded.map(({ submission }) => submission.smscIds)).toEqual([["a", "b", "c"]]);
	});

	it("reads a command_status by the setting of this operator's SMSC (A36, R39)", async () => {
		const errors = { radix: 10, err: {}, status: { 1025: "33" } } as const;
		const { submits, recorded } = aSubmitter([anOutbound()], { errors });

		submits[0]?.answer({ kind: "refused", commandStatus: 1_025 });
		await settle(0);

		expect(recorded[0]?.submission).toMatchObject({ refusal: { status: "REJECTED", errorCode: "33" } });
	});

	it("logs a command_status without a code in the dictionary, each once a minute", async () => {
		const log = memoryLog();
		const outboundMessages = freshOutbound(5);
		const ids = outboundMessages.map(({ message }) => message.messageId);
		const { submits } = aSubmitter(outboundMessages, { log });
		await settle();

		for (const [index, commandStatus] of [0x401, 0x401, 0x402, 0x0b].entries()) {
			submits[index]?.answer({ kind: "refused", commandStatus });
		}
		await settle(60_000);
		submits[4]?.answer({ kind: "refused", commandStatus: 0x401 });
		await settle(0);

		const loggedEvent = (index: number, command_status: number) => {
			return { event: "submit.unknown_error", fields: { message_id: ids[index], operator: "kcell", command_status } };
		};
		expect(log.events).toEqual([loggedEvent(0, 0x401), loggedEvent(2, 0x402), loggedEvent(4, 0x401)]);
	});

	it("ends a message whose second segment is refused, with the segment that was accepted", async () => {
		const { submits, recorded } = aSubmitter([anOutbound("x".repeat(400))]);
		submits[0]?.answer(accepted("a"));
		await settle();

		submits[1]?.answer({ kind: "refused", commandStatus: 0x45 });
		await settle();

		expect(submits).toHaveLength(2);
		expect(recorded[0]?.submission).toMatchObject({ smscIds: ["a"], refusal: { status: "REJECTED", errorCode: "69" } });
	});

	it("continues a partly sent message before it starts another", async () => {
		const { submits } = aSubmitter([anOutbound("x".repeat(200)), anOutbound("second")], { window: 1 });

		submits[0]?.answer(accepted());
		await settle();

		expect(submits[1]?.pdu.short_message[5]).toBe(2);
	});

	it("checks a throttled message again after a pause, and counts no resend", async () => {
		const { submits, again, recorded } = aSubmitter([anOutbound()]);

		submits[0]?.answer({ kind: "throttled", commandStatus: 0x58 });
		await settle(0);
		const early = again.length;
		await settle(1_000);

		expect([early, again.length, recorded]).toEqual([0, 1, []]);
		expect(again[0]?.resends).toBe(0);
	});

	it("slows down when the SMSC is too busy", async () => {
		const { submits } = aSubmitter(freshOutbound(20), { tps: 10, window: 20 });
		await settle(100);
		const before = submits.length;
		submits[0]?.answer({ kind: "throttled", commandStatus: 0x14 });
		await settle(0);

		await settle(150);
		const [slowDown] = [submits.length - before];

		expect([before, slowDown]).toEqual([2, 0]);
	});

	it.each([
		["four", 4, false],
		["five", 5, true],
	])(
		"slows down after temporary refusals in a row, but not for those of single messages: %s",
		async (_, refusals, slow) => {
			const { submitter, submits } = aSubmitter(freshOutbound(20), { tps: 100, window: 20 });
			await settle(200);
			for (let index = 0; index < refusals; index += 1) submits[index]?.answer({ kind: "temporary", commandStatus: 8 });
			await settle(0);

			expect((submitter.leasedBinds()[0]?.tps ?? 0) < 100).toBe(slow);
		},
	);

	it("sends a message again on a new connection if the SMSC calls the bind's state wrong (A36)", async () => {
		const { submits, binds, again, recorded } = aSubmitter([anOutbound()]);

		submits[0]?.answer({ kind: "reconnect", commandStatus: 4 });
		await settle(1_000);

		expect(binds[0]?.renewed).toEqual(["command_status 4"]);
		expect([again.length, recorded]).toEqual([1, []]);
		expect(again[0]).toMatchObject({ resends: 0, mayRepeat: false });
	});

	it("gives a message that its SMSC goes on refusing back to its lane, with its refusals recorded (A19)", async () => {
		const deferred: number[] = [];
		const outbound = anOutbound("hello", { failuresInRow: 20 });
		const { submits, again, interrupted, submitter } = aSubmitter([outbound], {
			defer: (_, seconds) => void deferred.push(seconds),
		});

		submits[0]?.answer({ kind: "temporary", commandStatus: 8 });
		await settle(3_000_000);

		expect(deferred.map((seconds) => seconds >= 900 && seconds <= 1_800)).toEqual([true]);
		expect(interrupted.map(({ refused }) => refused)).toEqual([{ code: "8", times: 21 }]);
		expect([again, submitter.exposure]).toEqual([[], 0]);
	});

	it("does not make a bind wait for one that its SMSC slowed down", async () => {
		const { submits } = aSubmitter(freshOutbound(20), { binds: 2, tps: 4, window: 1 });
		await settle(0);
		submits[0]?.answer({ kind: "throttled", commandStatus: 0x58 });
		await settle(100);
		submits[1]?.answer(accepted());
		await settle(450);

		expect(submits.map(({ leasedBind }) => leasedBind)).toEqual([0, 1, 1]);
	});

	it("counts an unanswered submit as a resend, and checks the message again (R33)", async () => {
		const { submits, again } = aSubmitter([anOutbound("hello", { resends: 2 })]);

		submits[0]?.answer({ kind: "unknown" });
		await settle(60_000);

		expect(again[0]?.resends).toBe(3);
	});

	it("checks an unsent message again at once, and counts no resend", async () => {
		const { submits, again } = aSubmitter([anOutbound()]);

		submits[0]?.answer({ kind: "unsent" });
		await settle(1);

		expect(again.map(({ resends }) => resends)).toEqual([0]);
	});

	it("keeps the ids of accepted segments, and the first time, when a later segment must be sent again", async () => {
		const { submits, again } = aSubmitter([anOutbound("x".repeat(200))]);
		const sentAt = Date.now();
		submits[0]?.answer(accepted("a"));
		await settle();

		submits[1]?.answer({ kind: "unknown" });
		await settle(10_000);

		expect(again[0]).toMatchObject({ smscIds: ["a"], sentAt, resends: 1 });
	});

	it("has at most the window of unanswered submits on each bind", async () => {
		const { submits } = aSubmitter(freshOutbound(50), { window: 3, binds: 2 });
		await settle(1_000);

		expect(submits).toHaveLength(6);
		expect([0, 1].map((leasedBind) => submits.filter((one) => one.leasedBind === leasedBind).length)).toEqual([3, 3]);
	});

	it("stops sending while nothing can be recorded: exposure is at most a window and a quarter of a second's rate", async () => {
		const { submits } = aSubmitter(freshOutbound(500), {
			window: 4,
			tps: 40,
			record: () => new Promise(() => undefined),
		});
		for (let answers = 0; answers < 100; answers += 1) {
			submits[answers]?.answer(accepted());
			await settle(1_000);
		}

		expect(submits).toHaveLength(4 + 10);
	});

	it("continues as records complete: each makes room for another submit", async () => {
		const recording = Array.from({ length: 500 }, () => Promise.withResolvers<void>());
		let started = 0;
		const { submits } = aSubmitter(freshOutbound(500), {
			window: 1,
			tps: 4,
			record: async () => await recording[started++]?.promise,
		});
		for (let answers = 0; answers < 10; answers += 1) {
			submits[answers]?.answer(accepted());
			await settle(1_000);
		}
		const stuck = submits.length;
		recording[0]?.resolve();
		await settle(1_000);

		expect([stuck, submits.length]).toEqual([2, 3]);
	});

	it("checks a message again before it is sent if it was read long ago", async () => {
		const stale = anOutbound("hello", { readAt: Date.now() - 5_001 });
		const { submits, again } = aSubmitter([stale, anOutbound("fresh")]);
		await settle();

		expect(again).toEqual([stale]);
		expect(submits).toHaveLength(1);
	});

	it.each([
		["17:59:59.999", true],
		["18:00:00.000", false],
	])("sends a ready message at %s: %s; its window closes at 18:00:00 (A14)", async (time, goes) => {
		vi.setSystemTime(new Date("2026-11-24T17:59:59.500+05:00"));
		const outboundMessages: OutboundMessage[] = [];
		const { submitter, submits, again } = aSubmitter(outboundMessages);
		const message = aMessage({ timeBounds: "def", expiresAt: Date.now() + 86_400_000 });
		outboundMessages.push(anOutbound("hello", { message }), anOutbound("full"));
		vi.setSystemTime(new Date(`2026-11-24T${time}+05:00`));

		submitter.pump();
		await settle();

		expect(submits).toHaveLength(goes ? 2 : 1);
		expect(again.map((outbound) => outbound.message)).toEqual(goes ? [] : [message]);
	});

	it("sends no ready message that has expired (R19, A19)", async () => {
		const { submits, again } = aSubmitter([anOutbound("hello", { message: aMessage({ expiresAt: Date.now() }) })]);
		await settle();

		expect([submits.length, again.length]).toEqual([0, 1]);
	});

	it("does not check a message again between two of its segments: the others follow, however long that takes", async () => {
		const { submits, again } = aSubmitter([anOutbound("x".repeat(200))]);
		await settle(60_000);

		submits[0]?.answer(accepted("a"));
		await settle();

		expect([submits.length, again.length]).toEqual([2, 0]);
		expect(submits[1]?.pdu.short_message[5]).toBe(2);
	});

	it("continues a message whose first segments another task sent", async () => {
		const message = aMessage({ text: "x".repeat(400), segmentCount: 3, expiresAt: Date.now() + 3_600_000 });
		const segment = { status: "SENT", statusAt: 0, errorCode: null } as const;
		const half = { ...message, sentAt: 7, segments: [{ smscId: "a", ...segment }], retryCount: 1 };
		const { submits, recorded } = aSubmitter([anOutbound("", { message: half })]);
		for (const smscId of ["b", "c"]) {
			submits.at(-1)?.answer(accepted(smscId));
			await settle();
		}

		expect(submits.map(({ pdu }) => pdu.short_message[5])).toEqual([2, 3]);
		expect(recorded[0]?.submission).toMatchObject({ smscIds: ["a", "b", "c"], sentAt: 7, resends: 1 });
	});

	it("writes each segment's id as it comes, and the last one with the message", async () => {
		const { submits, segments, recorded } = aSubmitter([anOutbound("x".repeat(400))]);
		const written: unknown[] = [];
		for (const smscId of ["a", "b", "c"]) {
			submits.at(-1)?.answer(accepted(smscId));
			await settle();
			written.push([...segments]);
		}

		expect(written).toEqual([["a"], ["a", "b"], ["a", "b"]]);
		expect(recorded).toHaveLength(1);
	});

	it("records no message before its first segments' ids are written", async () => {
		const writing = Promise.withResolvers<void>();
		const { submits, recorded } = aSubmitter([anOutbound("x".repeat(200))], { recordSegment: () => writing.promise });
		for (const smscId of ["a", "b"]) {
			submits.at(-1)?.answer(accepted(smscId));
			await settle();
		}
		const early = recorded.length;
		writing.resolve();
		await settle();

		expect([early, recorded.length]).toEqual([0, 1]);
	});

	it("sends the next segment as soon as the rate of its bind allows, even if another bind is free", async () => {
		const { submits } = aSubmitter([anOutbound("x".repeat(400))], { binds: 2, tps: 4 });
		const sent: number[] = [];
		for (const smscId of ["a", "b"]) {
			submits.at(-1)?.answer(accepted(smscId));
			await settle(499);
			sent.push(submits.length);
			await settle(1);
			sent.push(submits.length);
		}

		expect(sent).toEqual([1, 2, 2, 3]);
		expect(new Set(submits.map(({ leasedBind }) => leasedBind)).size).toBe(1);
	});

	it("records the progress of a message whose bind fell between two segments, and checks it again", async () => {
		const other = anOutbound();
		const { submits, binds, again, interrupted } = aSubmitter([anOutbound("x".repeat(200)), other], {
			tps: 5,
			window: 1,
		});
		submits[0]?.answer(accepted("a"));
		await settle(0);
		for (const bind of binds) bind.bound = false;
		await settle(1_000);

		expect(submits).toHaveLength(1);
		expect(interrupted.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
		expect(again.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
	});

	it("records the progress of each message when it stops", async () => {
		const { submitter, submits, interrupted, recorded } = aSubmitter([anOutbound("x".repeat(200))], { tps: 2 });
		submits[0]?.answer(accepted("a"));
		await settle(0);

		await submitter.stop();

		expect(interrupted.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
		expect(recorded).toEqual([]);
	});

	it("checks a waiting message again when its wait is over, and sends others in the meantime", async () => {
		const waiting = anOutbound("waits", { message: aMessage({ text: "waits", waitsUntil: Date.now() + 15_000 }) });
		const { submits, again, submitter } = aSubmitter([waiting, anOutbound("goes")]);
		await settle(14_900);
		const early = again.length;
		await settle(200);

		expect(submits.map(({ pdu }) => pdu.short_message.toString("latin1"))).toEqual(["goes"]);
		expect([early, again, submitter.exposure]).toEqual([0, [waiting], 1]);
	});

	it("defers a message that waits for longer than its entry is surely invisible to other tasks", async () => {
		const message = aMessage({ expiresAt: Date.now() + 3_600_000, waitsUntil: Date.now() + 15_001 });
		const left: number[] = [];
		const { again } = aSubmitter([anOutbound("waits", { message })], {
			defer: (_, seconds) => void left.push(seconds),
		});
		await settle(20_000);

		expect([left, again]).toEqual([[16], []]);
	});

	it("submits no message whose entry another task may have received", async () => {
		const deferred: number[] = [];
		const { submits, submitter } = aSubmitter([anOutbound("a")], {
			isHeld: () => false,
			defer: (_, seconds) => void deferred.push(seconds),
		});
		await settle();

		expect([deferred, submits, submitter.exposure]).toEqual([[0], [], 0]);
	});

	it("counts an unanswered message as exposed until that is recorded (A19)", async () => {
		const writing = Promise.withResolvers<void>();
		const { submits, again } = aSubmitter(freshOutbound(9), {
			window: 1,
			tps: 4,
			recordInterrupted: () => writing.promise,
		});
		for (let answers = 0; answers < 9; answers += 1) {
			submits[answers]?.answer({ kind: "unknown" });
			await settle(1_000);
		}
		const stuck = [submits.length, again.length];
		writing.resolve();
		await settle(3_000);

		expect(stuck).toEqual([2, 0]);
		expect(again.length).toBeGreaterThanOrEqual(2);
	});

	it("records no progress of a throttled message: no segment was accepted", async () => {
		const { submits, interrupted } = aSubmitter([anOutbound()]);
		submits[0]?.answer({ kind: "throttled", commandStatus: 0x58 });
		await settle(2_000);

		expect(interrupted).toEqual([]);
	});

	it("renews the time at which a message was sent when it is sent again (R32)", async () => {
		const outboundMessages = [anOutbound()];
		const { submitter, submits, again, recorded } = aSubmitter(outboundMessages);
		submits[0]?.answer({ kind: "unknown" });
		await settle(4_000);
		outboundMessages.push(...again);
		submitter.pump();
		/* The repeat is counted first. */
		await settle(0);
		const resentAt = Date.now();
		submits[1]?.answer(accepted());
		await settle(0);

		expect(recorded[0]?.submission).toMatchObject({ sentAt: resentAt, resends: 1 });
	});

	it("sends nothing before a bind is bound, and then asks for more", async () => {
		const outboundMessages = [anOutbound()];
		const { openBind, submits, binds } = manualBinds();
		let rooms = 0;
		const submitter = openSubmitter({
			binds: 1,
			window: 1,
			tps: 10,
			style: defaultSubmitStyle,
			openBind,
			keepBindLeases: allBindLeases(1),
			isPaused: () => false,
			next: () => outboundMessages.shift(),
			recheck: async () => undefined,
			recordSegment: async () => undefined,
			recordInterrupted: async () => undefined,
			countRepeat: async () => null,
			recordLate: async () => undefined,
			defer: () => undefined,
			isBusy: () => true,
			isHeld: () => true,
			record: async () => undefined,
			onRoom: () => {
				rooms += 1;
			},
			now: Date.now,
			log: memoryLog(),
		});
		submitter.pump();
		await settle(1_000);
		const early = [submits.length, rooms, submitter.wantsMore];
		binds[0]?.up();
		await settle();

		expect(early).toEqual([0, 0, false]);
		expect([submits.length, rooms > 0, submitter.wantsMore]).toEqual([1, true, true]);
	});

	it("uses a bind's share of the contract's rate, even if other binds are another task's", async () => {
		const { submits } = aSubmitter(freshOutbound(500), {
			binds: 4,
			window: 500,
			tps: 200,
			keepBindLeases: allBindLeases(1),
		});
		await settle(1_000);

		expect(submits.length).toBeLessThanOrEqual(52);
		expect(submits.length).toBeGreaterThanOrEqual(45);
	});

	it("submits nothing on a bind lease that is no longer held, even before a timer fires", async () => {
		let holds = true;
		const outboundMessages = [anOutbound(), anOutbound()];
		const { submitter, submits } = aSubmitter(outboundMessages.splice(0, 1), {
			keepBindLeases: (hooks) => ({ ...allBindLeases(1)(hooks), holds: () => holds }),
			next: () => outboundMessages.shift(),
		});
		holds = false;
		outboundMessages.push(anOutbound());
		submitter.pump();
		await settle(1_000);

		expect([submits.length, submitter.open]).toEqual([1, false]);
	});

	it("submits nothing while the operator is paused, and continues when it is resumed", async () => {
		let paused = true;
		const { submitter, submits, binds } = aSubmitter([anOutbound()], { isPaused: () => paused });
		await settle(1_000);
		const early = [submits.length, submitter.wantsMore, binds[0]?.bound];
		paused = false;
		submitter.pump();
		await settle();

		expect([early, submits.length]).toEqual([[0, false, true], 1]);
	});

	it("keeps its rate: never more in a second than the contract's, and a burst", async () => {
		const { submits } = aSubmitter(freshOutbound(500), { window: 500, tps: 50 });
		const first = submits.length;
		await settle(1_000);

		expect(first).toBe(1);
		expect(submits.length).toBeLessThanOrEqual(52);
		expect(submits.length).toBeGreaterThanOrEqual(45);
	});

	it("stops once all answers are recorded, starts nothing more, and leaves no timer", async () => {
		const record = Promise.withResolvers<void>();
		const outboundMessages = [anOutbound(), anOutbound()];
		const { submitter, submits, binds } = aSubmitter(outboundMessages, {
			window: 1,
			record: async () => await record.promise,
		});
		submits[0]?.answer(accepted());
		await settle(0);
		let stopped = false;
		const stopping = submitter.stop().then(() => {
			stopped = true;
		});
		await settle();
		const early = stopped;
		record.resolve();
		await stopping;

		expect([early, stopped, binds[0]?.stopped]).toEqual([false, true, true]);
		expect(vi.getTimerCount()).toBe(0);
	});

	it("checks no message again once it stops: the entries return to the lane", async () => {
		const { submitter, submits, again } = aSubmitter([anOutbound(), anOutbound()], { window: 2 });
		await settle();
		submits[0]?.answer({ kind: "throttled", commandStatus: 0x58 });
		await settle(0);
		const stopping = submitter.stop();
		submits[1]?.answer({ kind: "unknown" });
		await stopping;

		await settle(60_000);

		expect(again).toEqual([]);
		expect(vi.getTimerCount()).toBe(0);
	});
});

/** All bind leases of an operator. The test may take one away. */
function losableBindLeases(binds: number) {
	const lost = new Set<number>();
	const leaves: BindLeaseHooks["leaveBind"][] = [];
	const keepBindLeases: SubmitterOptions["keepBindLeases"] = (hooks) => {
		leaves.push(hooks.leaveBind);
		return { ...allBindLeases(binds)(hooks), holds: (bindIndex) => !lost.has(bindIndex) };
	};
	return {
		keepBindLeases,
		loseLease(bindIndex: number): void {
			lost.add(bindIndex);
			for (const leaveBind of leaves) void leaveBind(bindIndex, 1_000);
		},
	};
}

describe("a partly sent long message without other traffic", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	/** Each submitted segment: its number in the message, and its bind. */
	const segmentsOf = (submits: readonly Submit[]) =>
		submits.map(({ pdu, leasedBind }) => [pdu.short_message[5], leasedBind]);

	it("continues on another bind when the lease of its own is lost while an answer is outstanding", async () => {
		const { keepBindLeases, loseLease } = losableBindLeases(2);
		const outboundMessages = [anOutbound("x".repeat(400))];
		const again = async (outbound: OutboundMessage) => void outboundMessages.push({ ...outbound, readAt: Date.now() });
		const { submits, interrupted } = aSubmitter(outboundMessages, { binds: 2, keepBindLeases, recheck: again });
		const own = submits[0]?.leasedBind ?? expect.fail();
		loseLease(own);
		await settle();

		submits[0]?.answer(accepted("a"));
		await settle();

		expect(segmentsOf(submits)).toEqual([
			[1, own],
			[2, 1 - own],
		]);
		expect(interrupted.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
	});

	it("is recorded and given back when the lease of the only bind is lost while an answer is outstanding", async () => {
		const { keepBindLeases, loseLease } = losableBindLeases(1);
		const outboundMessages = outboundQueue();
		outboundMessages.push(anOutbound("x".repeat(400)));
		const again = async (outbound: OutboundMessage) => outboundMessages.push(outbound);
		const { submitter, submits, interrupted } = aSubmitter([], {
			keepBindLeases,
			recheck: again,
			next: outboundMessages.next,
		});
		const givenBack: OutboundMessage[] = [];
		const closed = giveBackWhileClosed({
			submitter,
			outboundMessages,
			giveBack: (outbound) => void givenBack.push(outbound),
		});
		loseLease(0);
		await settle();

		submits[0]?.answer(accepted("a"));
		await settle();
		const written = interrupted.map(({ smscIds }) => smscIds);
		await settle(2_000);
		closed.stop();

		expect([submits.length, written, submitter.exposure]).toEqual([1, [["a"]], 0]);
		expect(givenBack.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
	});

	it("continues on another bind when the lease of its own is lost between two segments", async () => {
		const { keepBindLeases, loseLease } = losableBindLeases(2);
		const outboundMessages = [anOutbound("x".repeat(400))];
		const again = async (outbound: OutboundMessage) => void outboundMessages.push({ ...outbound, readAt: Date.now() });
		const { submits } = aSubmitter(outboundMessages, { binds: 2, tps: 2, keepBindLeases, recheck: again });
		const own = submits[0]?.leasedBind ?? expect.fail();
		submits[0]?.answer(accepted("a"));
		await settle(0);

		loseLease(own);
		await settle(1);

		expect(segmentsOf(submits)).toEqual([
			[1, own],
			[2, 1 - own],
		]);
	});

	it("continues at once on another bind when its own falls between two segments", async () => {
		const outboundMessages = [anOutbound("x".repeat(400))];
		const again = async (outbound: OutboundMessage) => void outboundMessages.push({ ...outbound, readAt: Date.now() });
		const { submits, binds, interrupted } = aSubmitter(outboundMessages, { binds: 2, tps: 2, recheck: again });
		const own = submits[0]?.leasedBind ?? expect.fail();
		submits[0]?.answer(accepted("a"));
		await settle(0);

		binds[own]?.fall();
		await settle(1);

		expect(segmentsOf(submits)).toEqual([
			[1, own],
			[2, 1 - own],
		]);
		expect(interrupted.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
	});

	it("continues on another bind when its own falls while an answer is outstanding", async () => {
		const outboundMessages = [anOutbound("x".repeat(400))];
		const again = async (outbound: OutboundMessage) => void outboundMessages.push({ ...outbound, readAt: Date.now() });
		const { submits, binds } = aSubmitter(outboundMessages, { binds: 2, recheck: again });
		const own = submits[0]?.leasedBind ?? expect.fail();
		submits[0]?.answer(accepted("a"));
		await settle();

		binds[own]?.fall();
		submits[1]?.answer({ kind: "unknown" });
		await settle(2_000);

		expect(segmentsOf(submits)).toEqual([
			[1, own],
			[2, own],
			[2, 1 - own],
		]);
	});
});

describe("a message whose next segment may have been submitted before (A51)", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	const aRepeat = (text = "hello", parts: Partial<OutboundMessage> = {}) =>
		anOutbound(text, { mayRepeat: true, ...parts });
	const countsOf = (outboundMessages: readonly OutboundMessage[]) =>
		outboundMessages.map(({ repeats, isRepeatCounted }) => [repeats, isRepeatCounted]);

	it("is counted before it is submitted", async () => {
		const counting = Promise.withResolvers<void>();
		const outbound = aRepeat();
		const { submits, recorded } = aSubmitter([outbound], {
			countRepeat: async (one) => {
				await counting.promise;
				return countedOnce(one);
			},
		});
		await settle();
		const early = submits.length;
		counting.resolve();
		await settle();
		submits[0]?.answer(accepted("a"));
		await settle();

		expect([early, submits.length]).toEqual([0, 1]);
		expect(recorded).toMatchObject([{ outbound: { message: countedOnce(outbound) }, submission: { smscIds: ["a"] } }]);
	});

	it("is sent before new messages once it is counted, and delays nothing until then", async () => {
		const counting = Promise.withResolvers<void>();
		const { submits } = aSubmitter([aRepeat("counted"), ...freshOutbound(3)], {
			window: 1,
			countRepeat: async (one) => {
				await counting.promise;
				return countedOnce(one);
			},
		});
		await settle();
		counting.resolve();
		await settle();
		submits[0]?.answer(accepted());
		await settle();

		expect(submits.map(({ pdu }) => pdu.short_message.toString("latin1"))).toEqual(["hello", "counted"]);
	});

	it("is not submitted when it may not be repeated, and makes room for others", async () => {
		const { submitter, submits, again, interrupted } = aSubmitter([aRepeat()], { countRepeat: async () => null });
		await settle(60_000);

		expect([submits.length, submitter.exposure]).toEqual([0, 0]);
		expect([again, interrupted]).toEqual([[], []]);
	});

	it.each([{ kind: "throttled", commandStatus: 0x58 }, { kind: "unsent" }] as const)(
		"is uncounted when that submit is answered with %j, and counted again for the next",
		async (outcome) => {
			const outboundMessages = [aRepeat("hello", { repeats: 1 })];
			const { submitter, submits, interrupted, counted, again } = aSubmitter(outboundMessages);
			await settle();
			submits[0]?.answer(outcome);
			await settle(2_000);

			expect(countsOf(interrupted)).toEqual([[1, false]]);
			expect(interrupted).toMatchObject([{ unusedCountId: "count 0" }]);
			expect(again).toMatchObject([{ repeats: 1, isRepeatCounted: false, mayRepeat: true, resends: 0 }]);
			outboundMessages.push(...again.map((outbound) => ({ ...outbound, readAt: Date.now() })));
			submitter.pump();
			await settle();
			expect(countsOf(counted)).toEqual([
				[1, false],
				[1, false],
			]);
			expect(submits).toHaveLength(2);
		},
	);

	it("stays counted when that submit has no answer either, and is counted once more", async () => {
		const outboundMessages = [aRepeat()];
		const { submitter, submits, interrupted, counted, again } = aSubmitter(outboundMessages);
		await settle();
		submits[0]?.answer({ kind: "unknown" });
		await settle(4_000);
		outboundMessages.push(...again.map((outbound) => ({ ...outbound, readAt: Date.now() })));
		submitter.pump();
		await settle();

		expect(countsOf(interrupted)).toEqual([[1, false]]);
		expect(countsOf(counted)).toEqual([
			[0, false],
			[1, false],
		]);
		expect(submits).toHaveLength(2);
	});

	it("is counted from its second submit on, when the first had no answer", async () => {
		const outboundMessages = [anOutbound()];
		const { submitter, submits, counted, again } = aSubmitter(outboundMessages);
		submits[0]?.answer({ kind: "unknown" });
		await settle(4_000);
		const early = counted.length;
		outboundMessages.push(...again.map((outbound) => ({ ...outbound, readAt: Date.now() })));
		submitter.pump();
		await settle();

		expect([early, countsOf(counted), submits.length]).toEqual([0, [[0, false]], 2]);
	});

	it("is counted for that segment only, if this task alone has submitted it", async () => {
		const { submits, counted, recorded } = aSubmitter([aRepeat("x".repeat(400), { repeats: 1 })]);
		await settle();
		for (const smscId of ["a", "b", "c"]) {
			submits.at(-1)?.answer(accepted(smscId));
			await settle();
		}

		expect([counted.length, submits.length]).toEqual([1, 3]);
		expect(recorded[0]?.outbound).toMatchObject({ repeats: 0, mayRepeat: false });
	});

	it("is counted for each later segment too, if another task may have submitted them all", async () => {
		const outboundMessages = [aRepeat("x".repeat(400), { mayRepeatLater: true })];
		const { submitter, submits, counted, again, interrupted, recorded } = aSubmitter(outboundMessages);
		for (const smscId of ["a", "b", "c"]) {
			await settle();
			submits.at(-1)?.answer(accepted(smscId));
			await settle();
			outboundMessages.push(...again.splice(0).map((outbound) => ({ ...outbound, readAt: Date.now() })));
			submitter.pump();
		}
		await settle();

		expect([counted, interrupted].map((all) => all.map(({ smscIds }) => smscIds.join("")))).toEqual([
			["", "a", "ab"],
			["a", "ab"],
		]);
		expect([submits.length, submitter.exposure]).toEqual([3, 0]);
		expect(recorded.map(({ submission }) => submission.smscIds)).toEqual([["a", "b", "c"]]);
	});

	it("is checked again, uncounted, when it was counted and then waited too long", async () => {
		const { submits, again, interrupted } = aSubmitter([aRepeat(), ...freshOutbound(1)], { window: 1 });
		await settle(5_200);
		submits[0]?.answer(accepted());
		await settle();

		expect([submits.length, countsOf(interrupted), countsOf(again)]).toEqual([1, [[0, false]], [[0, false]]]);
	});

	it("is recorded as uncounted, and checked again, when sending is interrupted", async () => {
		let paused = false;
		const { submitter, submits, interrupted, again } = aSubmitter([aRepeat(), ...freshOutbound(1)], {
			window: 1,
			isPaused: () => paused,
		});
		await settle();
		paused = true;
		submits[0]?.answer(accepted());
		await settle();

		submitter.interrupt();
		await settle();

		expect([submits.length, submitter.exposure]).toEqual([1, 0]);
		expect([countsOf(interrupted), countsOf(again)]).toEqual([[[0, false]], [[0, false]]]);
	});

	it.each([
		["before it stops", 0],
		["while its binds wait for their answers", 1],
		["when its binds are closed", 2],
	])("is recorded as uncounted when it was counted %s", async (_, step) => {
		const counting = Promise.withResolvers<void>();
		const { submitter, submits, interrupted, again } = aSubmitter([aRepeat(), ...freshOutbound(1)], {
			window: 1,
			countRepeat: async (one) => {
				await counting.promise;
				return countedOnce(one);
			},
		});
		if (step === 0) counting.resolve();
		await settle();
		const stopping = submitter.stop();
		await settle();
		if (step === 1) counting.resolve();
		await settle();
		submits[0]?.answer(accepted());
		await settle();
		counting.resolve();
		await stopping;

		expect([submits.length, submitter.exposure]).toEqual([1, 0]);
		expect(countsOf(interrupted)).toEqual([[0, false]]);
		expect(again).toEqual([]);
		expect(vi.getTimerCount()).toBe(0);
	});
});

describe("an answer that comes after the time limit", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	/** Submits a message, and lets the time for its answer pass. */
	async function anOverdueSubmit(parts: Partial<SubmitterOptions> = {}, text = "hello") {
		const outboundMessages = [anOutbound(text, { readAt: Number.POSITIVE_INFINITY })];
		const recheck = async (outbound: OutboundMessage) => {
			outboundMessages.push({ ...outbound, mayRepeat: true, readAt: Number.POSITIVE_INFINITY });
			made.submitter.pump();
		};
		const made = aSubmitter(outboundMessages, { recheck, ...parts });
		const late = Promise.withResolvers<SubmitOutcome | null>();
		made.submits[0]?.answer({ kind: "unknown", late: late.promise });
		await settle(0);
		return { ...made, late };
	}

	it("is used, and the message is not sent again (A51)", async () => {
		const { late, submits, recorded, counted, submitter } = await anOverdueSubmit();
		await settle(4_000);

		late.resolve(accepted("0A1"));
		await settle(3_600_000);

		expect(recorded.map(({ submission }) => [submission.smscIds, submission.refusal])).toEqual([[["0A1"], null]]);
		expect([submits.length, counted.length, submitter.exposure]).toEqual([1, 0, 0]);
	});

	it("gives the slow SMSC at least five seconds more before the message is sent again", async () => {
		const { submits } = await anOverdueSubmit();
		await settle(4_999);
		const early = submits.length;
		await settle(5_101);

		expect([early, submits.length]).toEqual([1, 2]);
	});

	it("continues a long message with its next segment", async () => {
		const { late, submits, segments } = await anOverdueSubmit({}, "x".repeat(200));

		late.resolve(accepted("a"));
		await settle();

		expect(segments).toEqual(["a"]);
		expect(submits[1]?.pdu.short_message[5]).toBe(2);
	});

	it("ends the message if it is a refusal", async () => {
		const { late, recorded } = await anOverdueSubmit();

		late.resolve({ kind: "refused", commandStatus: 11 });
		await settle(0);

		expect(recorded[0]?.submission.refusal).toMatchObject({ status: "REJECTED", errorCode: "11" });
	});

	it("makes a second repeat needless if it comes during the first", async () => {
		const { late, submits, segments, recorded } = await anOverdueSubmit();
		await settle(10_100);
		late.resolve(accepted("first"));
		await settle(0);

		submits[1]?.answer({ kind: "unknown" });
		await settle(3_600_000);

		expect([submits.length, segments]).toEqual([2, ["first"]]);
		expect(recorded.map(({ submission }) => submission.smscIds)).toEqual([["first"]]);
	});

	it("is of no use in the pause after a later submit, unless it is accepted", async () => {
		const { late, submits, recorded } = await anOverdueSubmit();
		await settle(10_100);
		submits[1]?.answer({ kind: "unknown" });
		await settle(0);

		late.resolve({ kind: "refused", commandStatus: 11 });
		await settle(60_000);

		expect([recorded, submits.length]).toEqual([[], 3]);
	});

	/** Part 1 has no answer in time, its repeat is accepted, and part 2 is under way. */
	async function anAcceptedRepeat() {
		const made = await anOverdueSubmit({}, "x".repeat(200));
		await settle(10_100);
		made.submits[1]?.answer(accepted("repeat1"));
		await settle(0);
		return made;
	}

	const partsOf = (submits: readonly Submit[]) => submits.map(({ pdu }) => pdu.short_message[5]);

	it("is only recorded if it is of a part before the one that the message waits to send again", async () => {
		const { late, submits, segments, recorded, counted } = await anAcceptedRepeat();
		const late2 = Promise.withResolvers<SubmitOutcome | null>();
		submits[2]?.answer({ kind: "unknown", late: late2.promise });
		await settle(0);

		late.resolve(accepted("late1"));
		await settle(4_000);
		expect([partsOf(submits), segments]).toEqual([
			[1, 1, 2],
			["repeat1", "late1"],
		]);

		late2.resolve(accepted("late2"));
		await settle(3_600_000);
		expect(recorded.map(({ submission }) => submission.smscIds)).toEqual([["repeat1", "late2"]]);
		expect([submits.length, counted.length]).toEqual([3, 1]);
	});

	it.each([
		["refused", { kind: "refused", commandStatus: 11 }],
		["busy", { kind: "temporary", commandStatus: 8 }],
		["throttled", { kind: "throttled", commandStatus: 88 }],
	] as const)("changes nothing if it is of a part before, and is %s", async (_, outcome) => {
		const { late, submits, recorded } = await anAcceptedRepeat();
		submits[2]?.answer({ kind: "temporary", commandStatus: 8 });
		await settle(0);

		late.resolve(outcome);
		await settle(400);
		expect([partsOf(submits), recorded]).toEqual([[1, 1, 2], []]);

		await settle(1_000);
		submits[3]?.answer(accepted("2"));
		await settle(0);
		expect(partsOf(submits)).toEqual([1, 1, 2, 2]);
		expect(recorded.map(({ submission }) => [submission.smscIds, submission.refusal])).toEqual([
			[["repeat1", "2"], null],
		]);
	});

	it("is not taken for the answer to the part that is under way", async () => {
		const { late, submits, segments, recorded } = await anAcceptedRepeat();

		late.resolve(accepted("late1"));
		await settle(0);
		submits[2]?.answer({ kind: "temporary", commandStatus: 8 });
		await settle(1_000);
		submits[3]?.answer(accepted("2"));
		await settle(0);

		expect([partsOf(submits), segments]).toEqual([
			[1, 1, 2, 2],
			["repeat1", "late1"],
		]);
		expect(recorded.map(({ submission }) => submission.smscIds)).toEqual([["repeat1", "2"]]);
	});

	it("is recorded although the message has left this task", async () => {
		const { late, lateRecords, submitter } = await anOverdueSubmit({ isBusy: () => false });
		await settle(10_100);

		late.resolve(accepted("first"));
		await settle(0);

		expect(lateRecords.map(({ smscIds }) => smscIds)).toEqual([["first"]]);
		expect(submitter.exposure).toBe(1);
	});
});
