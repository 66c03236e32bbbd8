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

type Asked = { readonly leasedBind: number; readonly pdu: SubmitSm; answer(outcome: SubmitOutcome): void };

/** An operator's binds, whose answers a test gives by hand. */
function handMadeBinds() {
	const asked: Asked[] = [];
	const binds: { bound: boolean; stopped: boolean; up(): void; fall(): void }[] = [];
	const openBind: LeasedBindsOptions["openBind"] = ({ onUp, onDown }): Bind => {
		const leasedBind = binds.length;
		const unanswered = new Set<Promise<SubmitOutcome>>();
		const state = {
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
				asked.push({ leasedBind, pdu, answer: resolve });
				unanswered.add(promise);
				const outcome = await promise;
				unanswered.delete(promise);
				return outcome;
			},
			/* As a real one, it stands until its answers have come and its unbind was answered, which takes a moment. */
			async stop() {
				await Promise.all(unanswered);
				await new Promise<void>((resolve) => process.nextTick(resolve));
				state.bound = false;
				state.stopped = true;
			},
		};
	};
	return { asked, binds, openBind };
}

const entries = [{ entryId: "its entry", kind: "first", handle: "its handle" }] as const;
const jobOptions = { lane, entries, mayRepeat: false, style: defaultSubmitStyle };

function aJob(text = "hello", parts: Partial<OutboundMessage> = {}): OutboundMessage {
	const message = aMessage({ text, expiresAt: Date.now() + 3_600_000 });
	return { ...outboundFrom(parts.message ?? message, { ...jobOptions, readAt: Date.now() }), ...parts };
}

/** A job's row once another submit of its next segment is counted. */
function countedOnce({ message, smscIds, repeats }: OutboundMessage): Message {
	const repeated = { segmentIndex: smscIds.length, times: repeats + 1 };
	return { ...message, holder: "its entry", repeated, revision: message.revision + 1 };
}

function aSending(outboundMessages: OutboundMessage[], parts: Partial<SubmitterOptions> = {}) {
	const binds = handMadeBinds();
	const recorded: { outbound: OutboundMessage; submission: Submission }[] = [];
	const again: OutboundMessage[] = [];
	const segments: (string | undefined)[] = [];
	const interrupted: OutboundMessage[] = [];
	const counted: OutboundMessage[] = [];
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
	return { submitter, ...binds, recorded, segments, interrupted, counted, again, rooms: () => rooms };
}

const accepted = (smscId = "a"): SubmitOutcome => ({ kind: "accepted", smscId });

/** Jobs that stay fresh, however long a test lets them wait. */
const freshJobs = (count: number) =>
	Array.from({ length: count }, () => aJob("hello", { readAt: Number.POSITIVE_INFINITY }));

/** Lets all go on that has nothing more to wait for, and a little time pass. */
const settle = async (ms = 100) => await vi.advanceTimersByTimeAsync(ms);

describe("sending", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("records what the SMSC took, with its id and both times (R32)", async () => {
		const outbound = aJob();
		const { asked, recorded } = aSending([outbound]);
		const before = Date.now();
		await settle(40);

		asked[0]?.answer(accepted("0A1"));
		await settle(0);

		expect(recorded).toEqual([
			{
				outbound: expect.objectContaining({ message: outbound.message }),
				submission: { smscIds: ["0A1"], sentAt: before, confirmedAt: before + 40, resends: 0, refusal: null },
			},
		]);
	});

	it.each([
		[8, "FAILED", "8"],
		[0x0b, "REJECTED", "11"],
	])(
		"records a refusal with command_status %i as the message's end (A36)",
		async (commandStatus, status, errorCode) => {
			const { asked, recorded, again } = aSending([aJob()]);

			asked[0]?.answer({ kind: "refused", commandStatus });
			await settle(0);

			expect(recorded[0]?.submission).toMatchObject({ smscIds: [], refusal: { status, errorCode } });
			expect(again).toEqual([]);
		},
	);

	it("sends the segments of a message by one bind, while that stands, whatever others are free", async () => {
		const { asked } = aSending([aJob("x".repeat(400)), aJob(), aJob()], { binds: 2 });
		await settle();
		const first = asked.find(({ pdu }) => pdu.esm_class === 0x40);
		/* The other bind has nothing to do then, and this one has. */
		asked.find(({ leasedBind }) => leasedBind !== first?.leasedBind)?.answer(accepted());
		await settle();

		first?.answer(accepted("1"));
		await settle();

		expect(asked.filter(({ pdu }) => pdu.esm_class === 0x40).map(({ leasedBind }) => leasedBind)).toEqual([
			first?.leasedBind,
			first?.leasedBind,
		]);
	});

	it("sends the segments of a message in order, each after the answer to the one before", async () => {
		const { asked, recorded } = aSending([aJob("x".repeat(400))]);
		const underWay: number[] = [];
		for (const smscId of ["a", "b", "c"]) {
			underWay.push(asked.length);
			asked.at(-1)?.answer(accepted(smscId));
			await settle();
		}

		expect(underWay).toEqual([1, 2, 3]);
		expect(asked.map(({ pdu }) => pdu.short_message[5])).toEqual([1, 2, 3]);
		expect(recorded.map(({ submission }) => submission.smscIds)).toEqual([["a", "b", "c"]]);
	});

	it("reads a command_status as this operator's SMSC means it (A36, R39)", async () => {
		const errors = { radix: 10, err: {}, status: { 1025: "33" } } as const;
		const { asked, recorded } = aSending([aJob()], { errors });

		asked[0]?.answer({ kind: "refused", commandStatus: 1_025 });
		await settle(0);

		expect(recorded[0]?.submission).toMatchObject({ refusal: { status: "REJECTED", errorCode: "33" } });
	});

	it("keeps a command_status in the log that the dictionary has no code for: each once a minute", async () => {
		const log = memoryLog();
		const outboundMessages = freshJobs(5);
		const ids = outboundMessages.map(({ message }) => message.messageId);
		const { asked } = aSending(outboundMessages, { log });
		await settle();

		for (const [index, commandStatus] of [0x401, 0x401, 0x402, 0x0b].entries()) {
			asked[index]?.answer({ kind: "refused", commandStatus });
		}
		await settle(60_000);
		asked[4]?.answer({ kind: "refused", commandStatus: 0x401 });
		await settle(0);

		const told = (index: number, command_status: number) => {
			return { event: "submit.unknown_error", fields: { message_id: ids[index], operator: "kcell", command_status } };
		};
		expect(log.events).toEqual([told(0, 0x401), told(2, 0x402), told(4, 0x401)]);
	});

	it("ends a message whose second segment is refused, with the segment that was taken", async () => {
		const { asked, recorded } = aSending([aJob("x".repeat(400))]);
		asked[0]?.answer(accepted("a"));
		await settle();

		asked[1]?.answer({ kind: "refused", commandStatus: 0x45 });
		await settle();

		expect(asked).toHaveLength(2);
		expect(recorded[0]?.submission).toMatchObject({ smscIds: ["a"], refusal: { status: "REJECTED", errorCode: "69" } });
	});

	it("goes on with a message that was begun before it begins another", async () => {
		const { asked } = aSending([aJob("x".repeat(200)), aJob("second")], { window: 1 });

		asked[0]?.answer(accepted());
		await settle();

		expect(asked[1]?.pdu.short_message[5]).toBe(2);
	});

	it("looks again at what the SMSC was too busy for, after a pause, and counts no resend", async () => {
		const { asked, again, recorded } = aSending([aJob()]);

		asked[0]?.answer({ kind: "throttled", commandStatus: 0x58 });
		await settle(0);
		const early = again.length;
		await settle(1_000);

		expect([early, again.length, recorded]).toEqual([0, 1, []]);
		expect(again[0]?.resends).toBe(0);
	});

	it("slows down when the SMSC is too busy", async () => {
		const { asked } = aSending(freshJobs(20), { tps: 10, window: 20 });
		await settle(100);
		const before = asked.length;
		asked[0]?.answer({ kind: "throttled", commandStatus: 0x14 });
		await settle(0);

		await settle(150);
		const [slowDown] = [asked.length - before];

		expect([before, slowDown]).toEqual([2, 0]);
	});

	it("keeps no bind waiting for one that its SMSC slowed down", async () => {
		const { asked } = aSending(freshJobs(20), { binds: 2, tps: 4, window: 1 });
		await settle(0);
		asked[0]?.answer({ kind: "throttled", commandStatus: 0x58 });
		await settle(100);
		asked[1]?.answer(accepted());
		await settle(450);

		expect(asked.map(({ leasedBind }) => leasedBind)).toEqual([0, 1, 1]);
	});

	it("counts as a resend what was never answered, and checks it again (R33)", async () => {
		const { asked, again } = aSending([aJob("hello", { resends: 2 })]);

		asked[0]?.answer({ kind: "unknown" });
		await settle(60_000);

		expect(again[0]?.resends).toBe(3);
	});

	it("looks at once at what certainly was not sent, and counts no resend", async () => {
		const { asked, again } = aSending([aJob()]);

		asked[0]?.answer({ kind: "unsent" });
		await settle(1);

		expect(again.map(({ resends }) => resends)).toEqual([0]);
	});

	it("keeps the ids of the segments that were taken, and the first time, when a later one has to be sent again", async () => {
		const { asked, again } = aSending([aJob("x".repeat(200))]);
		const sentAt = Date.now();
		asked[0]?.answer(accepted("a"));
		await settle();

		asked[1]?.answer({ kind: "unknown" });
		await settle(10_000);

		expect(again[0]).toMatchObject({ smscIds: ["a"], sentAt, resends: 1 });
	});

	it("has no more without an answer than the window, on each bind", async () => {
		const { asked } = aSending(freshJobs(50), { window: 3, binds: 2 });
		await settle(1_000);

		expect(asked).toHaveLength(6);
		expect([0, 1].map((leasedBind) => asked.filter((one) => one.leasedBind === leasedBind).length)).toEqual([3, 3]);
	});

	it("sends nothing more while nothing can be recorded: exposure is a window and a quarter second at most", async () => {
		const { asked } = aSending(freshJobs(500), { window: 4, tps: 40, record: () => new Promise(() => undefined) });
		for (let answers = 0; answers < 100; answers += 1) {
			asked[answers]?.answer(accepted());
			await settle(1_000);
		}

		expect(asked).toHaveLength(4 + 10);
	});

	it("goes on as records come: each makes room for another", async () => {
		const recording = Array.from({ length: 500 }, () => Promise.withResolvers<void>());
		let begun = 0;
		const { asked } = aSending(freshJobs(500), {
			window: 1,
			tps: 4,
			record: async () => await recording[begun++]?.promise,
		});
		for (let answers = 0; answers < 10; answers += 1) {
			asked[answers]?.answer(accepted());
			await settle(1_000);
		}
		const stuck = asked.length;
		recording[0]?.resolve();
		await settle(1_000);

		expect([stuck, asked.length]).toEqual([2, 3]);
	});

	it("checks a message again before it is sent if it was read long ago", async () => {
		const stale = aJob("hello", { readAt: Date.now() - 5_001 });
		const { asked, again } = aSending([stale, aJob("fresh")]);
		await settle();

		expect(again).toEqual([stale]);
		expect(asked).toHaveLength(1);
	});

	it.each([
		["17:59:59.999", true],
		["18:00:00.000", false],
	])("hands a message that lies ready over at %s, or not: its window closes at 18:00:00 (A14)", async (time, goes) => {
		vi.setSystemTime(new Date("2026-11-24T17:59:59.500+05:00"));
		const outboundMessages: OutboundMessage[] = [];
		const { submitter, asked, again } = aSending(outboundMessages);
		const message = aMessage({ timeBounds: "def", expiresAt: Date.now() + 86_400_000 });
		outboundMessages.push(aJob("hello", { message }), aJob("full"));
		vi.setSystemTime(new Date(`2026-11-24T${time}+05:00`));

		submitter.pump();
		await settle();

		expect(asked).toHaveLength(goes ? 2 : 1);
		expect(again.map((outbound) => outbound.message)).toEqual(goes ? [] : [message]);
	});

	it("hands over nothing that has expired where it lay ready (R19, A19)", async () => {
		const { asked, again } = aSending([aJob("hello", { message: aMessage({ expiresAt: Date.now() }) })]);
		await settle();

		expect([asked.length, again.length]).toEqual([0, 1]);
	});

	it("does not look again at a message between two of its segments: the others follow, however long that takes", async () => {
		const { asked, again } = aSending([aJob("x".repeat(200))]);
		await settle(60_000);

		asked[0]?.answer(accepted("a"));
		await settle();

		expect([asked.length, again.length]).toEqual([2, 0]);
		expect(asked[1]?.pdu.short_message[5]).toBe(2);
	});

	it("goes on with a message of which another task sent the first segments", async () => {
		const message = aMessage({ text: "x".repeat(400), segmentCount: 3, expiresAt: Date.now() + 3_600_000 });
		const segment = { status: "SENT", statusAt: 0, errorCode: null } as const;
		const half = { ...message, sentAt: 7, segments: [{ smscId: "a", ...segment }], retryCount: 1 };
		const { asked, recorded } = aSending([aJob("", { message: half })]);
		for (const smscId of ["b", "c"]) {
			asked.at(-1)?.answer(accepted(smscId));
			await settle();
		}

		expect(asked.map(({ pdu }) => pdu.short_message[5])).toEqual([2, 3]);
		expect(recorded[0]?.submission).toMatchObject({ smscIds: ["a", "b", "c"], sentAt: 7, resends: 1 });
	});

	it("writes each segment's id down as it comes, before the last of them is written with its message", async () => {
		const { asked, segments, recorded } = aSending([aJob("x".repeat(400))]);
		const written: unknown[] = [];
		for (const smscId of ["a", "b", "c"]) {
			asked.at(-1)?.answer(accepted(smscId));
			await settle();
			written.push([...segments]);
		}

		expect(written).toEqual([["a"], ["a", "b"], ["a", "b"]]);
		expect(recorded).toHaveLength(1);
	});

	it("records no message before its first segments' ids are written", async () => {
		const writing = Promise.withResolvers<void>();
		const { asked, recorded } = aSending([aJob("x".repeat(200))], { recordSegment: () => writing.promise });
		for (const smscId of ["a", "b"]) {
			asked.at(-1)?.answer(accepted(smscId));
			await settle();
		}
		const early = recorded.length;
		writing.resolve();
		await settle();

		expect([early, recorded.length]).toEqual([0, 1]);
	});

	it("sends a message's next segment as soon as the pace of its bind allows, though another is free and there is nothing else", async () => {
		const { asked } = aSending([aJob("x".repeat(400))], { binds: 2, tps: 4 });
		const sent: number[] = [];
		for (const smscId of ["a", "b"]) {
			asked.at(-1)?.answer(accepted(smscId));
			await settle(499);
			sent.push(asked.length);
			await settle(1);
			sent.push(asked.length);
		}

		expect(sent).toEqual([1, 2, 2, 3]);
		expect(new Set(asked.map(({ leasedBind }) => leasedBind)).size).toBe(1);
	});

	it("writes down how far a message came whose bind fell between two segments, and checks it again", async () => {
		const other = aJob();
		const { asked, binds, again, interrupted } = aSending([aJob("x".repeat(200)), other], { tps: 5, window: 1 });
		asked[0]?.answer(accepted("a"));
		await settle(0);
		for (const bind of binds) bind.bound = false;
		await settle(1_000);

		expect(asked).toHaveLength(1);
		expect(interrupted.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
		expect(again.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
	});

	it("writes down at its stop how far each message came", async () => {
		const { submitter, asked, interrupted, recorded } = aSending([aJob("x".repeat(200))], { tps: 2 });
		asked[0]?.answer(accepted("a"));
		await settle(0);

		await submitter.stop();

		expect(interrupted.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
		expect(recorded).toEqual([]);
	});

	it("looks again at a message that waits when its wait is over, and not before, and sends others meanwhile", async () => {
		const waiting = aJob("waits", { message: aMessage({ text: "waits", waitsUntil: Date.now() + 15_000 }) });
		const { asked, again, submitter } = aSending([waiting, aJob("goes")]);
		await settle(14_900);
		const early = again.length;
		await settle(200);

		expect(asked.map(({ pdu }) => pdu.short_message.toString("latin1"))).toEqual(["goes"]);
		expect([early, again, submitter.exposure]).toEqual([0, [waiting], 1]);
	});

	it("lets go of a message that waits for longer than its entry is surely kept from other tasks", async () => {
		const message = aMessage({ expiresAt: Date.now() + 3_600_000, waitsUntil: Date.now() + 15_001 });
		const left: number[] = [];
		const { again } = aSending([aJob("waits", { message })], { defer: (_, seconds) => void left.push(seconds) });
		await settle(20_000);

		expect([left, again]).toEqual([[16], []]);
	});

	it("does not submit a message whose entry another task may have received by now", async () => {
		const deferred: number[] = [];
		const { asked, submitter } = aSending([aJob("a")], {
			isHeld: () => false,
			defer: (_, seconds) => void deferred.push(seconds),
		});
		await settle();

		expect([deferred, asked, submitter.exposure]).toEqual([[0], [], 0]);
	});

	it("keeps a message exposed that was never answered, until that is written down (A19)", async () => {
		const writing = Promise.withResolvers<void>();
		const { asked, again } = aSending(freshJobs(9), {
			window: 1,
			tps: 4,
			recordInterrupted: () => writing.promise,
		});
		for (let answers = 0; answers < 9; answers += 1) {
			asked[answers]?.answer({ kind: "unknown" });
			await settle(1_000);
		}
		const stuck = [asked.length, again.length];
		writing.resolve();
		await settle(3_000);

		expect(stuck).toEqual([2, 0]);
		expect(again.length).toBeGreaterThanOrEqual(2);
	});

	it("writes nothing down of a message that the SMSC was too busy for: nothing of it was taken", async () => {
		const { asked, interrupted } = aSending([aJob()]);
		asked[0]?.answer({ kind: "throttled", commandStatus: 0x58 });
		await settle(2_000);

		expect(interrupted).toEqual([]);
	});

	it("renews the time at which a message was sent when it is sent again (R32)", async () => {
		const outboundMessages = [aJob()];
		const { submitter, asked, again, recorded } = aSending(outboundMessages);
		asked[0]?.answer({ kind: "unknown" });
		await settle(4_000);
		outboundMessages.push(...again);
		submitter.pump();
		/* It is counted first. */
		await settle(0);
		const resentAt = Date.now();
		asked[1]?.answer(accepted());
		await settle(0);

		expect(recorded[0]?.submission).toMatchObject({ sentAt: resentAt, resends: 1 });
	});

	it("sends nothing before a bind stands, and asks for more when one does", async () => {
		const outboundMessages = [aJob()];
		const { openBind, asked, binds } = handMadeBinds();
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
			defer: () => undefined,
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
		const early = [asked.length, rooms, submitter.wantsMore];
		binds[0]?.up();
		await settle();

		expect(early).toEqual([0, 0, false]);
		expect([asked.length, rooms > 0, submitter.wantsMore]).toEqual([1, true, true]);
	});

	it("sends by a bind its part of the contract's pace, however many of the binds are another task's", async () => {
		const { asked } = aSending(freshJobs(500), {
			binds: 4,
			window: 500,
			tps: 200,
			keepBindLeases: allBindLeases(1),
		});
		await settle(1_000);

		expect(asked.length).toBeLessThanOrEqual(52);
		expect(asked.length).toBeGreaterThanOrEqual(45);
	});

	it("submits nothing on a bind lease that is no longer held, even before a timer fires", async () => {
		let holds = true;
		const outboundMessages = [aJob(), aJob()];
		const { submitter, asked } = aSending(outboundMessages.splice(0, 1), {
			keepBindLeases: (hooks) => ({ ...allBindLeases(1)(hooks), holds: () => holds }),
			next: () => outboundMessages.shift(),
		});
		holds = false;
		outboundMessages.push(aJob());
		submitter.pump();
		await settle(1_000);

		expect([asked.length, submitter.open]).toEqual([1, false]);
	});

	it("submits nothing to an operator that is paused, and goes on when it is resumed", async () => {
		let paused = true;
		const { submitter, asked, binds } = aSending([aJob()], { isPaused: () => paused });
		await settle(1_000);
		const early = [asked.length, submitter.wantsMore, binds[0]?.bound];
		paused = false;
		submitter.pump();
		await settle();

		expect([early, asked.length]).toEqual([[0, false, true], 1]);
	});

	it("keeps its pace: never more in a second than the contract's, and a burst", async () => {
		const { asked } = aSending(freshJobs(500), { window: 500, tps: 50 });
		const first = asked.length;
		await settle(1_000);

		expect(first).toBe(1);
		expect(asked.length).toBeLessThanOrEqual(52);
		expect(asked.length).toBeGreaterThanOrEqual(45);
	});

	it("stops when what was answered is recorded, begins nothing more, and leaves no timer", async () => {
		const record = Promise.withResolvers<void>();
		const outboundMessages = [aJob(), aJob()];
		const { submitter, asked, binds } = aSending(outboundMessages, {
			window: 1,
			record: async () => await record.promise,
		});
		asked[0]?.answer(accepted());
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

	it("looks at nothing again once it stops: what is left is given back by its entry", async () => {
		const { submitter, asked, again } = aSending([aJob(), aJob()], { window: 2 });
		await settle();
		asked[0]?.answer({ kind: "throttled", commandStatus: 0x58 });
		await settle(0);
		const stopping = submitter.stop();
		asked[1]?.answer({ kind: "unknown" });
		await stopping;

		await settle(60_000);

		expect(again).toEqual([]);
		expect(vi.getTimerCount()).toBe(0);
	});
});

/** All of an operator's slots, of which a test gives one away by hand. */
function bindLeasesToGiveAway(binds: number) {
	const away = new Set<number>();
	const leaves: BindLeaseHooks["leaveBind"][] = [];
	const keepBindLeases: SubmitterOptions["keepBindLeases"] = (hooks) => {
		leaves.push(hooks.leaveBind);
		return { ...allBindLeases(binds)(hooks), holds: (bindIndex) => !away.has(bindIndex) };
	};
	return {
		keepBindLeases,
		giveAway(bindIndex: number): void {
			away.add(bindIndex);
			for (const leaveBind of leaves) void leaveBind(bindIndex, 1_000);
		},
	};
}

describe("a long message that was begun, with no other traffic", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	/** Each segment that was asked for: its place in the message, and its bind. */
	const segmentsOf = (asked: readonly Asked[]) =>
		asked.map(({ pdu, leasedBind }) => [pdu.short_message[5], leasedBind]);

	it("goes on by another bind when the lease of its own is given away while a segment's answer is outstanding", async () => {
		const { keepBindLeases, giveAway } = bindLeasesToGiveAway(2);
		const outboundMessages = [aJob("x".repeat(400))];
		const again = async (outbound: OutboundMessage) => void outboundMessages.push({ ...outbound, readAt: Date.now() });
		const { asked, interrupted } = aSending(outboundMessages, { binds: 2, keepBindLeases, recheck: again });
		const own = asked[0]?.leasedBind ?? expect.fail();
		giveAway(own);
		await settle();

		asked[0]?.answer(accepted("a"));
		await settle();

		expect(segmentsOf(asked)).toEqual([
			[1, own],
			[2, 1 - own],
		]);
		expect(interrupted.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
	});

	it("is written down and given back when the lease of the only bind is given away while a segment's answer is outstanding", async () => {
		const { keepBindLeases, giveAway } = bindLeasesToGiveAway(1);
		const outboundMessages = outboundQueue();
		outboundMessages.push(aJob("x".repeat(400)));
		const again = async (outbound: OutboundMessage) => outboundMessages.push(outbound);
		const { submitter, asked, interrupted } = aSending([], {
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
		giveAway(0);
		await settle();

		asked[0]?.answer(accepted("a"));
		await settle();
		const written = interrupted.map(({ smscIds }) => smscIds);
		await settle(2_000);
		closed.stop();

		expect([asked.length, written, submitter.exposure]).toEqual([1, [["a"]], 0]);
		expect(givenBack.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
	});

	it("goes on by another bind when the lease of its own is given away between two of its segments", async () => {
		const { keepBindLeases, giveAway } = bindLeasesToGiveAway(2);
		const outboundMessages = [aJob("x".repeat(400))];
		const again = async (outbound: OutboundMessage) => void outboundMessages.push({ ...outbound, readAt: Date.now() });
		const { asked } = aSending(outboundMessages, { binds: 2, tps: 2, keepBindLeases, recheck: again });
		const own = asked[0]?.leasedBind ?? expect.fail();
		asked[0]?.answer(accepted("a"));
		await settle(0);

		giveAway(own);
		await settle(1);

		expect(segmentsOf(asked)).toEqual([
			[1, own],
			[2, 1 - own],
		]);
	});

	it("goes on at once by another bind that stands when its own falls between two of its segments", async () => {
		const outboundMessages = [aJob("x".repeat(400))];
		const again = async (outbound: OutboundMessage) => void outboundMessages.push({ ...outbound, readAt: Date.now() });
		const { asked, binds, interrupted } = aSending(outboundMessages, { binds: 2, tps: 2, recheck: again });
		const own = asked[0]?.leasedBind ?? expect.fail();
		asked[0]?.answer(accepted("a"));
		await settle(0);

		binds[own]?.fall();
		await settle(1);

		expect(segmentsOf(asked)).toEqual([
			[1, own],
			[2, 1 - own],
		]);
		expect(interrupted.map(({ smscIds }) => smscIds)).toEqual([["a"]]);
	});

	it("goes on by another bind that stands when its own falls while a segment's answer is outstanding", async () => {
		const outboundMessages = [aJob("x".repeat(400))];
		const again = async (outbound: OutboundMessage) => void outboundMessages.push({ ...outbound, readAt: Date.now() });
		const { asked, binds } = aSending(outboundMessages, { binds: 2, recheck: again });
		const own = asked[0]?.leasedBind ?? expect.fail();
		asked[0]?.answer(accepted("a"));
		await settle();

		binds[own]?.fall();
		asked[1]?.answer({ kind: "unknown" });
		await settle(2_000);

		expect(segmentsOf(asked)).toEqual([
			[1, own],
			[2, own],
			[2, 1 - own],
		]);
	});
});

describe("a message whose next segment may be at its SMSC already (A51)", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	const aRepeat = (text = "hello", parts: Partial<OutboundMessage> = {}) => aJob(text, { mayRepeat: true, ...parts });
	const countsOf = (outboundMessages: readonly OutboundMessage[]) =>
		outboundMessages.map(({ repeats, isRepeatCounted }) => [repeats, isRepeatCounted]);

	it("is counted before it is submitted", async () => {
		const counting = Promise.withResolvers<void>();
		const outbound = aRepeat();
		const { asked, recorded } = aSending([outbound], {
			countRepeat: async (one) => {
				await counting.promise;
				return countedOnce(one);
			},
		});
		await settle();
		const early = asked.length;
		counting.resolve();
		await settle();
		asked[0]?.answer(accepted("a"));
		await settle();

		expect([early, asked.length]).toEqual([0, 1]);
		expect(recorded).toMatchObject([{ outbound: { message: countedOnce(outbound) }, submission: { smscIds: ["a"] } }]);
	});

	it("goes once it is counted before anything new, and holds nothing else up until then", async () => {
		const counting = Promise.withResolvers<void>();
		const { asked } = aSending([aRepeat("counted"), ...freshJobs(3)], {
			window: 1,
			countRepeat: async (one) => {
				await counting.promise;
				return countedOnce(one);
			},
		});
		await settle();
		counting.resolve();
		await settle();
		asked[0]?.answer(accepted());
		await settle();

		expect(asked.map(({ pdu }) => pdu.short_message.toString("latin1"))).toEqual(["hello", "counted"]);
	});

	it("is not submitted where it may not be any more, and makes room for others", async () => {
		const { submitter, asked, again, interrupted } = aSending([aRepeat()], { countRepeat: async () => null });
		await settle(60_000);

		expect([asked.length, submitter.exposure]).toEqual([0, 0]);
		expect([again, interrupted]).toEqual([[], []]);
	});

	it.each([{ kind: "throttled", commandStatus: 0x58 }, { kind: "unsent" }] as const)(
		"has its count taken back when that submit is answered with %j, and is counted anew for the next",
		async (outcome) => {
			const outboundMessages = [aRepeat("hello", { repeats: 1 })];
			const { submitter, asked, interrupted, counted, again } = aSending(outboundMessages);
			await settle();
			asked[0]?.answer(outcome);
			await settle(2_000);

			expect(countsOf(interrupted)).toEqual([[1, false]]);
			expect(again).toMatchObject([{ repeats: 1, isRepeatCounted: false, mayRepeat: true, resends: 0 }]);
			outboundMessages.push(...again.map((outbound) => ({ ...outbound, readAt: Date.now() })));
			submitter.pump();
			await settle();
			expect(countsOf(counted)).toEqual([
				[1, false],
				[1, false],
			]);
			expect(asked).toHaveLength(2);
		},
	);

	it("keeps its count when that submit is not answered either, and is counted once more", async () => {
		const outboundMessages = [aRepeat()];
		const { submitter, asked, interrupted, counted, again } = aSending(outboundMessages);
		await settle();
		asked[0]?.answer({ kind: "unknown" });
		await settle(4_000);
		outboundMessages.push(...again.map((outbound) => ({ ...outbound, readAt: Date.now() })));
		submitter.pump();
		await settle();

		expect(countsOf(interrupted)).toEqual([[1, false]]);
		expect(countsOf(counted)).toEqual([
			[0, false],
			[1, false],
		]);
		expect(asked).toHaveLength(2);
	});

	it("is counted from its second submit on, where the first was not answered", async () => {
		const outboundMessages = [aJob()];
		const { submitter, asked, counted, again } = aSending(outboundMessages);
		asked[0]?.answer({ kind: "unknown" });
		await settle(4_000);
		const early = counted.length;
		outboundMessages.push(...again.map((outbound) => ({ ...outbound, readAt: Date.now() })));
		submitter.pump();
		await settle();

		expect([early, countsOf(counted), asked.length]).toEqual([0, [[0, false]], 2]);
	});

	it("is counted for that segment alone: those after it have not been submitted before", async () => {
		const { asked, counted, recorded } = aSending([aRepeat("x".repeat(400), { repeats: 1 })]);
		await settle();
		for (const smscId of ["a", "b", "c"]) {
			asked.at(-1)?.answer(accepted(smscId));
			await settle();
		}

		expect([counted.length, asked.length]).toEqual([1, 3]);
		expect(recorded[0]?.outbound).toMatchObject({ repeats: 0, mayRepeat: false });
	});

	it("is checked again, uncounted, where it was counted and then waited too long for its turn", async () => {
		const { asked, again, interrupted } = aSending([aRepeat(), ...freshJobs(1)], { window: 1 });
		await settle(5_200);
		asked[0]?.answer(accepted());
		await settle();

		expect([asked.length, countsOf(interrupted), countsOf(again)]).toEqual([1, [[0, false]], [[0, false]]]);
	});

	it("is written down uncounted, and checked again, when nothing goes out any more", async () => {
		let paused = false;
		const { submitter, asked, interrupted, again } = aSending([aRepeat(), ...freshJobs(1)], {
			window: 1,
			isPaused: () => paused,
		});
		await settle();
		paused = true;
		asked[0]?.answer(accepted());
		await settle();

		submitter.interrupt();
		await settle();

		expect([asked.length, submitter.exposure]).toEqual([1, 0]);
		expect([countsOf(interrupted), countsOf(again)]).toEqual([[[0, false]], [[0, false]]]);
	});

	it.each([
		["before it stops", 0],
		["while its binds wait for their answers", 1],
		["when its binds have gone", 2],
	])("is written down uncounted where it was counted %s", async (_, step) => {
		const counting = Promise.withResolvers<void>();
		const { submitter, asked, interrupted, again } = aSending([aRepeat(), ...freshJobs(1)], {
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
		asked[0]?.answer(accepted());
		await settle();
		counting.resolve();
		await stopping;

		expect([asked.length, submitter.exposure]).toEqual([1, 0]);
		expect(countsOf(interrupted)).toEqual([[0, false]]);
		expect(again).toEqual([]);
		expect(vi.getTimerCount()).toBe(0);
	});
});
