import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { type Lane, lanes } from "#shared/domain/message/lanes.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";
import { scanLane } from "#smpp/operators/expiry-scan.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryLog, memoryReportBatches, memoryReports, memorySlots } from "#test/fakes/memory-stores.ts";

const lane = lanes[0] as Lane;
const later = { acceptedAt: Date.now(), expiresAt: Date.now() + 3_600_000 };
const past = { acceptedAt: Date.now() - 7_200_000, expiresAt: Date.now() - 3_600_000 };

/** A lane with these entries and their messages, and a record of what happens to each entry. */
async function aLaneWith(
	entries: Readonly<Record<string, readonly ReturnType<typeof aMessage>[]>>,
	busy: number[] = [],
) {
	const messages = memoryMessages(Date.now);
	await messages.insert(Object.values(entries).flat());
	const waiting: LaneEntry[] = Object.entries(entries).map(([handle, own]) => ({
		kind: "first",
		entryId: `id of ${handle}`,
		handle,
		receives: 1,
		sendJob: {
			userName: "demo",
			operator: lane.operator,
			priority: 0,
			messageIds: own.map(({ messageId }) => messageId),
		},
	}));
	const stops = new AbortController();
	const removed: string[] = [];
	const holds: (readonly [readonly string[], number])[] = [];
	const seconds: (number | undefined)[] = [];
	const reports = memoryReports();
	const log = memoryLog();
	const scan = {
		source: {
			async receive(_: Lane, entriesMax: number, __: AbortSignal, heldSeconds?: number) {
				seconds.push(heldSeconds);
				return waiting.splice(0, entriesMax);
			},
			remove: async (_: Lane, handles: readonly string[]) => void removed.push(...handles),
			hold: async (_: Lane, handles: readonly string[], held: number) => void holds.push([handles, held]),
		},
		picking: {
			messages,
			reportBatches: memoryReportBatches(),
			slots: memorySlots(),
			reports,
			newReportBatchId: () => randomUUID(),
			now: Date.now,
		},
		isBusy: (id: number) => busy.includes(id),
		log,
	};
	const runScan = async () => await scanLane(scan, lane, stops.signal);
	return { runScan, scan, messages, reports, removed, holds, seconds, log, stops, waiting };
}

describe("a scan of a lane without a sender", () => {
	it("ends and reports expired messages, deletes their entries, and gives back all others (A19)", async () => {
		const [expired, expiredToo, waits] = [aMessage(past), aMessage(past), aMessage(later)];
		const one = await aLaneWith({ finished: [expired], mixed: [expiredToo, waits], gone: [] });

		await one.runScan();

		const status = (message: typeof expired) => one.messages.rows.get(message.messageId);
		expect(status(expired)).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		expect(status(expiredToo)).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		expect(status(waits)).toMatchObject({ status: "NEW", revision: 0 });
		expect(one.reports.sent.flatMap(({ messageIds }) => messageIds).toSorted()).toEqual(
			[expired.messageId, expiredToo.messageId].toSorted(),
		);
		expect(one.removed).toEqual(["finished", "gone"]);
		expect(one.holds).toEqual([[["mixed"], 0]]);
		expect(one.seconds[0]).toBeGreaterThan(180);
	});

	it("does not claim scheduled messages: they may still be withdrawn", async () => {
		const planned = aMessage({ ...later, schedule: Date.now() - 1_000, scheduleState: "N" });
		const one = await aLaneWith({ planned: [planned] });

		await one.runScan();

		expect(one.messages.rows.get(planned.messageId)?.scheduleState).toBe("N");
		expect(one.holds).toEqual([[["planned"], 0]]);
	});

	it("leaves messages alone that this task handles elsewhere", async () => {
		const expired = aMessage(past);
		const one = await aLaneWith({ busy: [expired] }, [expired.messageId]);

		await one.runScan();

		expect(one.messages.rows.get(expired.messageId)?.status).toBe("NEW");
		expect([one.removed, one.holds]).toEqual([[], [[["busy"], 0]]]);
	});

	it("keeps an entry whose message this task released during the scan: it has not been read", async () => {
		const [waits, other] = [aMessage(later), aMessage(later)];
		const busy = [waits.messageId];
		const one = await aLaneWith({ entry: [waits], other: [other] }, busy);
		const { readEach } = one.messages;
		one.scan.picking.messages.readEach = async (ids) => {
			busy.pop();
			return await readEach(ids);
		};

		await one.runScan();

		expect([one.removed, one.holds]).toEqual([[], [[["entry", "other"], 0]]]);
	});

	it("stops at the signal, and gives back what it holds", async () => {
		const entries = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`entry ${index}`, [aMessage(later)]]));
		const one = await aLaneWith(entries);
		const { receive } = one.scan.source;
		one.scan.source.receive = async (...args) => {
			one.stops.abort();
			return await receive(...args);
		};

		await one.runScan();

		expect(one.holds.flatMap(([handles]) => handles)).toHaveLength(10);
		expect(one.waiting).toHaveLength(15);
	});

	it("gives back entries that its pending receives return after the signal, unread", async () => {
		const one = await aLaneWith({ late: [aMessage(later)] });
		const reads = vi.spyOn(one.messages, "readEach");
		const { receive } = one.scan.source;
		one.scan.source.receive = async (...args) => {
			const [, , signal] = args;
			const entries = await receive(...args);
			one.stops.abort();
			await new Promise((resolve) => setTimeout(resolve, 50));
			/* Like a client that aborts its call: the entries that SQS returned are lost to it. */
			signal.throwIfAborted();
			return entries;
		};

		await one.runScan();

		expect([one.holds, reads.mock.calls.length]).toEqual([[[["late"], 0]], 0]);
	});

	it("waits at most a second for pending receives when it must stop", async () => {
		const one = await aLaneWith({});
		one.scan.source.receive = async (_, __, signal) => {
			one.stops.abort();
			await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
			return [];
		};
		const startedAt = performance.now();

		await one.runScan();

		expect(performance.now() - startedAt).toBeLessThan(2_000);
	});

	it("reports since when the oldest sendable message waits, ignoring expired and scheduled ones", async () => {
		const [young, old] = [aMessage(later), aMessage({ ...later, acceptedAt: Date.now() - 5_000_000 })];
		const scheduled = aMessage({
			...later,
			acceptedAt: Date.now() - 6_000_000,
			schedule: Date.now() + 3_000_000,
			scheduleState: "N",
		});
		const one = await aLaneWith({ finished: [aMessage(past)], young: [young], old: [old], scheduled: [scheduled] });

		expect(await one.runScan()).toEqual({ finished: 1, kept: 3, isCutShort: false, waitingSince: old.acceptedAt });
	});

	it("reads a long lane with up to sixteen receives at a time, and an empty one with a single receive", async () => {
		const entries = Object.fromEntries(
			Array.from({ length: 1_000 }, (_, index) => [`entry ${index}`, [aMessage(past)]]),
		);
		const [long, empty] = [await aLaneWith(entries), await aLaneWith({})];
		let [underWay, most] = [0, 0];
		for (const one of [long, empty]) {
			const { receive } = one.scan.source;
			one.scan.source.receive = async (...args) => {
				underWay += 1;
				most = Math.max(most, underWay);
				await new Promise((resolve) => setImmediate(resolve));
				underWay -= 1;
				return await receive(...args);
			};
		}

		expect(await empty.runScan()).toEqual({ finished: 0, kept: 0, isCutShort: false, waitingSince: null });
		expect([most, empty.seconds.length]).toEqual([1, 1]);
		expect(await long.runScan()).toEqual({ finished: 1_000, kept: 0, isCutShort: false, waitingSince: null });
		expect(most).toBeGreaterThan(4);
		expect(most).toBeLessThanOrEqual(16);
		expect(new Set(long.removed).size).toBe(1_000);
	});

	it("gives back entries of a receive that was pending when another one failed", async () => {
		const one = await aLaneWith({ first: [aMessage(later)] });
		const late = { ...(one.waiting[0] as LaneEntry), handle: "late" };
		const receive = one.scan.source.receive;
		let calls = 0;
		one.scan.source.receive = async (...options: Parameters<typeof receive>) => {
			calls += 1;
			if (calls === 1) return await receive(...options);
			if (calls === 3) throw new Error("SQS is unavailable");
			await new Promise((resolve) => setTimeout(resolve, 20));
			return calls === 3 ? [late] : [];
		};

		await one.runScan();

		expect(one.holds.flatMap(([handles]) => handles).toSorted()).toEqual(["first", "late"]);
	});

	it("gives back what it holds when a table is unavailable, and logs it", async () => {
		const one = await aLaneWith({ entry: [aMessage(later)] });
		one.scan.picking.messages.readEach = async () => Promise.reject(new Error("the table is unavailable"));

		await one.runScan();

		expect(one.holds).toEqual([[["entry"], 0]]);
		expect(one.log.events.map(({ event }) => event)).toContain("expiry_scan.lane_failed");
	});
});
