import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { releaseRows, reportRow, shardsOf, watchRows } from "#shared/domain/schedule/slots.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { checkShard } from "#shared/usecases/schedule/check-shard.ts";
import { checkSlot } from "#shared/usecases/schedule/check-slot.ts";
import { sweepSlots } from "#shared/usecases/schedule/sweep-slots.ts";
import { aMessage, aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import { refusingLanes } from "#test/fakes/memory-stores.ts";

const dueShard = { slot: mondayAtEleven, shard: 0 };
const firstShard = () => 0;

const someDeps = async (...messages: readonly Message[]) => await aGatewayWith(messages, mondayAtEleven);

type Deps = Awaited<ReturnType<typeof someDeps>>;

const aSendJob = (messageIds: readonly number[]) =>
	({ userName: "demo", operator: "kcell", priority: 0, messageIds }) as const;
/** A watch that is due at the look's slot. */
const watchOf = (...messages: readonly Message[]) =>
	watchRows(
		messages.map(({ messageId }) => ({ messageId, expiresAt: mondayAtEleven - 3_600_000 })),
		firstShard,
	);
const away = async () => Promise.reject(new Error("it is away"));
const whereAny = async (all: readonly unknown[]) => (all.length === 0 ? undefined : await away());

describe("a check of a shard of a slot", () => {
	it("sends what was parked to its lane, and only then deletes its row", async () => {
		const deps = await someDeps();
		const rows = releaseRows([aSendJob([1]), aSendJob([2])], mondayAtEleven, firstShard);
		await deps.slots.put(rows.map((row, index) => ({ ...row, id: `row ${index}` })));
		const rowsLeft: number[] = [];
		const lanes = { ...refusingLanes, send: async () => void rowsLeft.push(deps.slots.kept.length) };

		await checkShard({ ...deps, lanes }, dueShard);

		expect([rowsLeft[0], deps.slots.kept.length]).toEqual([2, 0]);
	});

	it("leaves the rows where the lanes are away", async () => {
		const deps = await someDeps();
		await deps.slots.put(releaseRows([aSendJob([1])], mondayAtEleven, firstShard));

		await expect(checkShard({ ...deps, lanes: refusingLanes }, dueShard)).rejects.toThrow("the queue is");
		expect(deps.slots.kept).toHaveLength(1);
	});

	it("sends report batches back to their queue with their tries, and only then deletes their rows (A40)", async () => {
		const deps = await someDeps();
		const reportBatch = { reportBatchId: "p", userName: "demo", messageIds: [1, 2], tries: 5 };
		await deps.slots.put([reportRow(reportBatch, mondayAtEleven, firstShard)]);
		await checkShard({ ...deps, reports: { send: away } }, dueShard).catch(() => undefined);
		const left = deps.slots.kept.length;

		await checkShard(deps, dueShard);

		expect([left, deps.reports.sent, deps.slots.kept]).toEqual([1, [reportBatch], []]);
	});

	it("ends what was submitted and has no receipt by now: EXPIRED, 22, reported (A19)", async () => {
		const [silent, delivered] = [aSentMessage(["a"]), aSentMessage(["b"], { status: "DELIVERED", reportBatchId: "p" })];
		const deps = await someDeps(silent, delivered);
		await deps.slots.put(watchOf(silent, delivered));

		await checkShard(deps, dueShard);

		expect(deps.messages.rows.get(silent.messageId)).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		expect(deps.messages.rows.get(delivered.messageId)).toEqual(delivered);
		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[silent.messageId]]);
		expect(deps.slots.kept).toEqual([]);
	});

	it("ends what was submitted, has its report queued, and only then deletes its row: nothing else would end it (A19)", async () => {
		const silent = aSentMessage(["a"]);
		const deps = await someDeps(silent);
		await deps.slots.put(watchOf(silent));
		const atRemoval: unknown[] = [];
		const remove: typeof deps.slots.remove = async (rows) => {
			atRemoval.push([deps.messages.rows.get(silent.messageId)?.status, deps.reports.sent.length]);
			await deps.slots.remove(rows);
		};

		await checkShard({ ...deps, slots: { ...deps.slots, remove } }, dueShard);

		expect(atRemoval).toEqual([["EXPIRED", 1]]);
	});

	it.each([
		["cannot be read", (deps: Deps) => ({ messages: { ...deps.messages, readEach: away } })],
		["cannot be ended", (deps: Deps) => ({ messages: { ...deps.messages, change: away } })],
		["cannot be reported", () => ({ reports: { send: whereAny } })],
	])("leaves the row of what was submitted and %s, for the next look (A19)", async (_, broken) => {
		const silent = aSentMessage(["a"]);
		const deps = await someDeps(silent);
		await deps.slots.put(watchOf(silent));

		await expect(checkShard({ ...deps, ...broken(deps) }, dueShard)).rejects.toThrow("away");

		expect(deps.slots.kept).toHaveLength(1);
	});

	it("loses no report when it dies between the end and its report", async () => {
		const silent = aSentMessage(["a"]);
		const deps = await someDeps(silent);
		await deps.slots.put(watchOf(silent));
		await checkShard({ ...deps, reports: { send: away } }, dueShard).catch(() => undefined);

		await checkShard(deps, dueShard);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[silent.messageId]]);
		expect(deps.slots.kept).toEqual([]);
	});

	it("does a shard of any size, a hundred rows of it in memory at most", async () => {
		const deps = await someDeps();
		const sendJobs = Array.from({ length: 1_030 }, (_, index) => aSendJob([index + 1]));
		await deps.slots.put(releaseRows(sendJobs, mondayAtEleven, Math.random).map((row) => ({ ...row, shard: 0 })));
		const asked: number[] = [];
		const rows: typeof deps.slots.rows = async (slot, shard, rowsMax) => {
			asked.push(rowsMax);
			return await deps.slots.rows(slot, shard, rowsMax);
		};

		await checkShard({ ...deps, slots: { ...deps.slots, rows } }, dueShard);

		const released = deps.lanes.sent.map(({ sendJob }) => sendJob.messageIds[0] ?? 0);
		expect(released.toSorted((one, other) => one - other)).toEqual(sendJobs.map(({ messageIds }) => messageIds[0]));
		expect([deps.slots.kept.length, Math.max(...asked)]).toEqual([0, 100]);
	});

	it("that runs out of time queues the rest of its shard again, so that a shard of any size is worked off", async () => {
		const deps = await someDeps();
		const sendJobs = Array.from({ length: 2_050 }, (_, index) => aSendJob([index + 1]));
		await deps.slots.put(releaseRows(sendJobs, mondayAtEleven, Math.random).map((row) => ({ ...row, shard: 0 })));
		for (const { id } of deps.slots.kept.slice(0, 300)) deps.slots.unreadable.add(id);
		const rows: typeof deps.slots.rows = async (...args) => {
			deps.now.advance(8_000);
			return await deps.slots.rows(...args);
		};
		const queue = [dueShard];
		const tookMs: number[] = [];

		for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
			const [startedAt, until] = [deps.now(), deps.now() + 40_000];
			await checkShard({ ...deps, slots: { ...deps.slots, rows } }, next, until);
			tookMs.push(deps.now() - startedAt);
			queue.push(...deps.dueShards.sent.splice(0));
		}

		expect([deps.lanes.sent.length, deps.slots.kept.length]).toEqual([1_750, 300]);
		expect(Math.max(...tookMs)).toBe(40_000);
		expect(tookMs).toHaveLength(5);
	});

	it("leaves other slots and shards alone", async () => {
		const deps = await someDeps();
		await deps.slots.put(releaseRows([aSendJob([1])], mondayAtEleven, () => 0.99));
		await deps.slots.put(releaseRows([aSendJob([2])], mondayAtEleven + 900_000, firstShard));

		await checkShard(deps, dueShard);

		expect([deps.lanes.sent, deps.slots.kept.length]).toEqual([[], 2]);
	});
});

describe("a slot's alarm", () => {
	it("has every shard looked at, and leaves the slot to the sweep", async () => {
		const deps = await someDeps();
		const nine = instantFromAlmatyText("2026-11-24 09:00:00") ?? Number.NaN;
		await deps.slots.put(releaseRows([aSendJob([1])], nine, firstShard));

		await checkSlot(deps.dueShards, nine);

		expect(deps.dueShards.sent).toEqual(Array.from({ length: shardsOf(nine) }, (_, shard) => ({ slot: nine, shard })));
		expect(await deps.slots.due(nine)).toEqual([nine]);
	});
});

describe("a sweep", () => {
	const inShard = (shard: number) => () => shard / 16 + 0.001;

	it("has the shards looked at that have rows left, of each slot that is five minutes past, and no other", async () => {
		const deps = await someDeps(aMessage());
		const slots = [mondayAtEleven - 1_800_000, mondayAtEleven - 900_000, mondayAtEleven, mondayAtEleven + 900_000];
		deps.now.advance(4 * 60_000 + 59_999);
		for (const slot of slots) {
			await deps.slots.put(releaseRows([aSendJob([1])], slot, inShard(2)));
			await deps.slots.put(releaseRows([aSendJob([1])], slot, inShard(5)));
		}

		await sweepSlots(deps);

		expect(deps.dueShards.sent).toEqual(slots.slice(0, 2).flatMap((slot) => [2, 5].map((shard) => ({ slot, shard }))));
	});

	it("checks a slot until no row is left, then removes it from the list", async () => {
		const deps = await someDeps();
		await deps.slots.put(releaseRows([aSendJob([1])], mondayAtEleven, firstShard));
		deps.now.advance(5 * 60_000);
		await sweepSlots({ ...deps, dueShards: { send: away } }).catch(() => undefined);
		await sweepSlots(deps);
		const lost = deps.dueShards.sent.splice(0);

		await sweepSlots(deps);
		const again = deps.dueShards.sent.splice(0);
		await deps.slots.remove(deps.slots.kept);
		await sweepSlots(deps);

		expect(lost).toEqual([{ slot: mondayAtEleven, shard: 0 }]);
		expect(again).toEqual(lost);
		expect(deps.dueShards.sent).toEqual([]);
		expect(await deps.slots.due(deps.now())).toEqual([]);
	});

	it("has a shard looked at whose rows cannot be read, and the others all the same", async () => {
		const deps = await someDeps();
		await deps.slots.put(releaseRows([aSendJob([1])], mondayAtEleven, firstShard));
		deps.now.advance(5 * 60_000);
		const rows: typeof deps.slots.rows = async (slot, shard, rowsMax) =>
			shard === 3 ? Promise.reject(new Error("it does not parse")) : await deps.slots.rows(slot, shard, rowsMax);

		await sweepSlots({ ...deps, slots: { ...deps.slots, rows } });

		expect(deps.dueShards.sent.map(({ shard }) => shard)).toEqual([0, 3]);
	});
});
