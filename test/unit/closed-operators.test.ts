import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, lanes, lanesOf } from "#shared/domain/message/lanes.ts";
import type { LaneSource } from "#shared/usecases/send/lane-source.ts";
import { keepExpiryScans } from "#smpp/operators/expiry-scans.ts";
import { giveBackWhileClosed } from "#smpp/operators/give-back-while-closed.ts";
import { type OutboundMessage, outboundFrom, outboundQueue } from "#smpp/operators/outbound-messages.ts";
import { watchSwitches } from "#smpp/operators/watch-switches.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { settled } from "#test/fakes/manual-time.ts";
import { leasingOfTask, memoryLeases, memorySwitches } from "#test/fakes/memory-leases.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryLog, memoryReportBatches, memoryReports, memorySlots } from "#test/fakes/memory-stores.ts";

const pass = async (ms: number) => await vi.advanceTimersByTimeAsync(ms);
const minuteMs = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Leases = ReturnType<typeof memoryLeases>;

type Lanes = {
	readonly source?: Pick<LaneSource, "receive">;
	readonly messages?: ReturnType<typeof memoryMessages>;
};

/** The expiry scans of a task. `polled` names the lanes that it received from. */
function someExpiryScans(
	leases = memoryLeases(),
	isOpen: () => boolean = () => false,
	{ source, messages = memoryMessages(Date.now) }: Lanes = {},
) {
	const polled: string[] = [];
	const stores = { messages, reportBatches: memoryReportBatches(), slots: memorySlots() };
	const expiryScans = keepExpiryScans({
		operator: "kcell",
		isOpen,
		isBusy: () => false,
		laneOldestSeen: () => undefined,
		recheckOwn: async () => void polled.push("own"),
		source: {
			receive: async (lane: Lane) => {
				polled.push(lane.name);
				return [];
			},
			remove: async () => undefined,
			hold: async () => undefined,
			...source,
		},
		picking: { ...stores, reports: memoryReports(), newReportBatchId: () => randomUUID(), now: Date.now },
		leaseDeps: leasingOfTask({ leases }),
		log: memoryLog(),
	});
	return { expiryScans, polled };
}

describe("expiry scans of an operator's lanes", () => {
	it("start a minute after sending stops, then run every quarter of an hour (A19)", async () => {
		const { expiryScans, polled } = someExpiryScans();
		await pass(minuteMs - 1);
		const early = polled.length;
		await pass(minuteMs);
		const first = [...polled];
		await pass(13 * minuteMs);
		const between = polled.length;
		await pass(3 * minuteMs);

		expect([early, between, polled.length]).toEqual([0, first.length, 2 * first.length]);
		expect(first).toEqual(["own", ...lanesOf("kcell").map(({ name }) => name)]);
		await expiryScans.stop();
	});

	/** Lanes with new entries for half an hour. Of each ten received, `expired` have expired. */
	function endlessLanes(expired: number) {
		const messages = memoryMessages(Date.now);
		const [startedAt, handles] = [Date.now(), [] as string[]];
		const source = {
			receive: async (_: Lane, __: number, signal: AbortSignal) => {
				if (signal.aborted || Date.now() - startedAt > 30 * minuteMs) return [];
				await new Promise((resolve) => setTimeout(resolve, 5_000));
				const acceptedAt = Date.now() - 7_200_000;
				const expiresAt = Date.now() + (handles.length % 10 < expired ? -3_600_000 : 3_600_000);
				const message = aMessage({ acceptedAt, expiresAt });
				await messages.insert([message]);
				handles.push(String(handles.length));
				const handle = handles.at(-1) ?? "";
				const sendJob = { userName: "demo", operator: "kcell", priority: 0, messageIds: [message.messageId] } as const;
				return [{ kind: "first" as const, entryId: handle, handle, receives: 1, sendJob }];
			},
		};
		return { source, messages, handles };
	}

	it("follow one another at once while more entries have expired than one scan can end", async () => {
		const lanes = endlessLanes(10);
		const { expiryScans, polled } = someExpiryScans(memoryLeases(), () => false, lanes);
		await pass(29 * minuteMs);

		expect(polled.filter((one) => one === "own").length).toBeGreaterThan(1);
		/* One entry at a time would give 348. */
		expect(lanes.handles.length).toBeGreaterThan((29 * minuteMs * 10) / 5_000);
		await settled(expiryScans.stop());
	});

	it("do not follow at once when some entries still wait: 1,000 receives make an entry a dead letter", async () => {
		const { expiryScans, polled } = someExpiryScans(memoryLeases(), () => false, endlessLanes(8));
		await pass(27 * minuteMs);

		expect(polled.filter((one) => one === "own")).toHaveLength(1);
		await settled(expiryScans.stop());
	});

	it.each([
		[
			"another task begins to send, since it could send what they hold",
			(leases: Leases) => someExpiryScans(leases, () => true).expiryScans,
		],
		[
			"another task has their lease, since its own scans hold the same entries",
			(leases: Leases) => void leases.rows.set("kcell#lanes", { holder: "another", until: Number.POSITIVE_INFINITY }),
		],
	])("end soon after %s", async (_, begin) => {
		const [leases, lanes] = [memoryLeases(), endlessLanes(0)];
		const { expiryScans, polled } = someExpiryScans(leases, () => false, lanes);
		await pass(2 * minuteMs);
		const before = lanes.handles.length;
		const other = begin(leases);
		await pass(minuteMs / 2);
		const after = lanes.handles.length;
		await pass(5 * minuteMs);

		expect(before).toBeGreaterThan(0);
		expect([lanes.handles.length, polled]).toEqual([after, ["own"]]);
		await settled(Promise.all([expiryScans.stop(), other?.stop()]));
	});

	it("never run while this task sends, and start a minute after it stopped", async () => {
		let open = true;
		const { expiryScans, polled } = someExpiryScans(memoryLeases(), () => open);
		await pass(60 * minuteMs);
		open = false;
		await pass(minuteMs / 2);

		expect(polled).toEqual([]);
		await expiryScans.stop();
	});

	it("never run while another task sends, and run in one task at a time", async () => {
		let open = true;
		const leases = memoryLeases();
		const sender = someExpiryScans(leases, () => open);
		const other = someExpiryScans(leases);
		await pass(60 * minuteMs);
		const early = [...other.polled];
		open = false;
		await pass(16 * minuteMs);

		expect(early).toEqual([]);
		expect(sender.polled.length + other.polled.length).toBeGreaterThan(0);
		await Promise.all([sender.expiryScans.stop(), other.expiryScans.stop()]);
	});
});

describe("messages that wait in an operator sender", () => {
	const lane = lanes[0] as Lane;
	const anOutbound = (parts: Partial<OutboundMessage> = {}): OutboundMessage => {
		const entries = [{ entryId: "an entry", kind: "first", handle: "a handle" }] as const;
		const options = { lane, entries, mayRepeat: false, readAt: Date.now(), style: defaultSubmitStyle };
		return { ...outboundFrom(aMessage({ text: "hello" }), options), ...parts };
	};

	function anOperatorSender(
		submitter: { open: boolean; bindsHeld: number },
		waiting: readonly OutboundMessage[],
		partlySent: readonly OutboundMessage[] = [],
	) {
		const outboundMessages = outboundQueue();
		for (const outbound of waiting) outboundMessages.push(outbound);
		const givenBack: OutboundMessage[] = [];
		const left = [...partlySent];
		const interrupt = () => {
			for (const outbound of left.splice(0)) outboundMessages.push(outbound);
		};
		const closed = giveBackWhileClosed({
			submitter: Object.assign(submitter, { interrupt }),
			outboundMessages,
			giveBack: (outbound) => void givenBack.push(outbound),
		});
		return { outboundMessages, givenBack, closed };
	}

	it("stay while it can send", async () => {
		const { givenBack, closed } = anOperatorSender({ open: true, bindsHeld: 1 }, [anOutbound()]);
		await pass(minuteMs);

		expect(givenBack).toEqual([]);
		closed.stop();
	});

	it("return to their lane after a while, and started ones once they are recorded", async () => {
		const [untouched, partlySent, unanswered] = [
			anOutbound(),
			anOutbound({ smscIds: ["a"] }),
			anOutbound({ resends: 1 }),
		];
		const { givenBack, closed } = anOperatorSender(
			{ open: false, bindsHeld: 1 },
			[untouched, unanswered],
			[partlySent],
		);
		await pass(2_000);
		const early = givenBack.length;
		await pass(4_000);

		expect(early).toBe(0);
		expect(new Set(givenBack)).toEqual(new Set([untouched, unanswered, partlySent]));
		closed.stop();
	});

	it("return at once when the task holds no bind lease", async () => {
		const [untouched, unanswered] = [anOutbound(), anOutbound({ resends: 1 })];
		const { givenBack, closed } = anOperatorSender({ open: false, bindsHeld: 0 }, [untouched, unanswered]);
		await pass(1_000);

		expect(new Set(givenBack)).toEqual(new Set([untouched, unanswered]));
		closed.stop();
	});
});

describe("a watch on operators' switches", () => {
	it("knows the paused operators, and reports each change once", async () => {
		const switches = memorySwitches();
		const changes: string[] = [];
		const watch = watchSwitches(switches, 10_000, (operator) => void changes.push(operator), memoryLog());
		await pass(0);
		changes.length = 0;
		await switches.pause("kcell");
		await pass(13_000);
		const paused = watch.isPaused("kcell");
		await pass(30_000);
		await switches.resume("kcell");
		await pass(13_000);

		expect([paused, watch.isPaused("kcell"), watch.isPaused("tele2"), changes]).toEqual([
			true,
			false,
			false,
			["kcell", "kcell"],
		]);
		watch.stop();
	});

	it("treats all operators as paused until the first read succeeds", async () => {
		const switches = memorySwitches();
		const { paused } = switches;
		switches.paused = async () => Promise.reject(new Error("the table is unavailable"));
		const changes: string[] = [];
		const watch = watchSwitches(switches, 10_000, (operator) => void changes.push(operator), memoryLog());
		await pass(0);
		const before = [watch.isPaused("kcell"), watch.isPaused("tele2"), watch.known];
		switches.paused = paused;
		await pass(13_000);

		expect([before, watch.isPaused("kcell"), watch.known]).toEqual([[true, true, false], false, true]);
		expect(changes).toEqual(["beeline", "kcell", "altel", "tele2"]);
		watch.stop();
	});

	it("keeps the last known state while reads fail", async () => {
		const switches = memorySwitches();
		await switches.pause("kcell");
		const { paused } = switches;
		const log = memoryLog();
		const watch = watchSwitches(switches, 10_000, () => undefined, log);
		await pass(0);
		switches.paused = async () => Promise.reject(new Error("the table is unavailable"));
		await pass(60_000);
		switches.paused = paused;

		expect(watch.isPaused("kcell")).toBe(true);
		expect(new Set(log.events.map(({ event }) => event))).toEqual(
			new Set(["operator.paused", "operator_switches.read_failed"]),
		);
		watch.stop();
	});
});
