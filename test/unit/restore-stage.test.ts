import { describe, expect, it } from "vitest";
import type { Batch } from "#shared/domain/accept/batch.ts";
import type { IncomingEntry } from "#shared/domain/incoming/incoming-entry.ts";
import { type Message, watchHolder } from "#shared/domain/message/message.ts";
import { slotAt } from "#shared/domain/schedule/slots.ts";
import { holdRestored, type ReplacementEntry } from "#shared/usecases/restore/hold-restored.ts";
import { requeueIncoming } from "#shared/usecases/restore/requeue-incoming.ts";
import { restoreStage } from "#shared/usecases/restore/restore-stage.ts";
import type { RestoredTable } from "#shared/usecases/restore/restored-table.ts";
import { type Position, start, walkTable } from "#shared/usecases/restore/walk-table.ts";
import { aMessage, anIncomingMessage, anMoPart, aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import {
	memoryBatches,
	memoryLog,
	memoryReportBatches,
	memoryReports,
	memorySlots,
} from "#test/fakes/memory-stores.ts";

const dayMs = 24 * 60 * 60_000;
const since = mondayAtEleven - 2 * dayMs;
const hourMs = 60 * 60_000;

type Stage = { readonly batches?: readonly Batch[]; readonly own?: readonly Message[]; readonly isStopped?: boolean };

async function holdersOf(rows: readonly Message[], { batches = [], own = [], isStopped = true }: Stage = {}) {
	const entries: ReplacementEntry[] = [];
	const slots = memorySlots();
	const reports = memoryReports();
	const reportBatches = memoryReportBatches();
	const batchStore = memoryBatches(() => mondayAtEleven);
	for (const batch of batches) await batchStore.put(batch);
	const lanes = { replace: async (more: readonly ReplacementEntry[]) => void entries.push(...more) };
	const messages = memoryMessages(() => mondayAtEleven);
	await messages.insert(own);
	const deps = { lanes, slots, reports, reportBatches, batches: batchStore, messages, isStopped };
	return { deps, entries, slots, reports, reportBatches, count: await holdRestored(deps, rows, since) };
}

const laneIds = (entries: readonly ReplacementEntry[]) => entries.flatMap(({ sendJob }) => sendJob.messageIds);

describe("a restored message", () => {
	it.each([
		["was never in a lane", {}],
		["waits for its schedule", { schedule: mondayAtEleven + hourMs, scheduleState: "N" }],
		["is partly submitted", { segmentCount: 2, sentAt: mondayAtEleven }],
		["has expired", { expiresAt: mondayAtEleven - hourMs }],
	] as const)("that is NEW and %s gets a lane entry", async (_, parts) => {
		const message = aMessage(parts);

		const { entries, slots } = await holdersOf([message]);

		expect(laneIds(entries)).toEqual([message.messageId]);
		expect(slots.kept).toEqual([]);
	});

	it("that a lost entry holds gets an entry that may claim it", async () => {
		const held = ["one", "two", "one", null].map((holder) => aMessage({ holder }));

		const { entries } = await holdersOf(held);

		expect(laneIds(entries)).toEqual(held.map(({ messageId }) => messageId));
		expect(entries.map(({ formerIds }) => formerIds)).toEqual([["one", "two"]]);
	});

	it.each([
		[true, [["before", "since"]]],
		[false, [["before"]]],
	])(
		"that the stage has with a newer holder gets an entry for both if no task runs: %s",
		async (isStopped, formerIds) => {
			const message = aMessage({ holder: "before", revision: 1 });
			const own = [{ ...message, holder: "since", revision: 2 }];

			const { entries } = await holdersOf([message], { own, isStopped });

			expect(entries.map((entry) => entry.formerIds)).toEqual(formerIds);
		},
	);

	it.each([
		["SENT", aSentMessage()],
		["EN_ROUTE", aSentMessage(["1"], { status: "EN_ROUTE" })],
		["NEW, and was submitted as often as it may be", aMessage({ holder: watchHolder })],
	])("that is %s gets a watch row, and no entry", async (_, message) => {
		const { entries, slots } = await holdersOf([message]);

		expect(entries).toEqual([]);
		expect(slots.kept.map(({ slot, action }) => ({ slot, action }))).toEqual([
			{ slot: slotAt(message.expiresAt + hourMs), action: { kind: "watch", messageIds: [message.messageId] } },
		]);
	});

	it("that ended in the last two days is reported, unless its client has confirmed it", async () => {
		const ended = (parts: Partial<Message>) =>
			aSentMessage(["1"], { status: "DELIVERED", statusAt: mondayAtEleven, reportBatchId: "batch", ...parts });
		const [open, confirmed, old, unwanted] = [
			ended({}),
			ended({}),
			ended({ statusAt: since - 1 }),
			ended({ reportBatchId: null }),
		] as const;
		const { deps, reportBatches, reports } = await holdersOf([]);
		reportBatches.rows.set("batch", new Set([confirmed.messageId]));

		await holdRestored(deps, [open, confirmed, old, unwanted], since);

		expect(reports.sent.map(({ reportBatchId, messageIds }) => ({ reportBatchId, messageIds }))).toEqual([
			{ reportBatchId: "batch", messageIds: [open.messageId] },
		]);
	});

	it("that is SENT gets its interim report again", async () => {
		const message = aSentMessage(["1"], { wantsInterimReports: true, sentReportBatchId: "sent" });

		const { reports } = await holdersOf([message]);

		expect(reports.sent).toEqual([expect.objectContaining({ reportBatchId: "sent", messageIds: [message.messageId] })]);
	});

	it("of a fail-fast batch is sent only if the batch is committed", async () => {
		const batch = (batchId: number, state: Batch["state"]): Batch => ({
			...{ batchId, userName: "demo", messageIds: [], acceptedAt: mondayAtEleven, keepUntil: mondayAtEleven + dayMs },
			...{ isFailFast: true, state, attempt: "attempt" },
		});
		const row = (batchId: number, revision = 0) => aMessage({ batchId, isFailFast: true, revision });
		const rows = [row(1), row(2), row(3), row(4, 1)] as const;

		const { entries } = await holdersOf(rows, { batches: [batch(1, "committed"), batch(2, "aborted")] });

		expect(laneIds(entries)).toEqual([rows[0].messageId, rows[3].messageId]);
	});
});

describe("the restore of a stage", () => {
	const onePage = <Row>(...rows: readonly Row[]): RestoredTable<Row> => ({
		page: async () => ({ rows, unreadable: 0, next: null }),
	});

	it("fills every table, then gives messages their holders, then queues messages from subscribers", async () => {
		const { deps, entries, slots } = await holdersOf([]);
		const steps: string[] = [];
		const filled = (role: string) => ({
			role,
			restored: onePage(role),
			writeAbsent: async (rows: readonly string[]) => steps.push(...rows),
		});
		const lanes = { replace: async () => void steps.push("lane entries") };
		const watched = { put: async () => void steps.push("watch rows") };
		const incomingQueue = { send: async () => void steps.push("messages from subscribers") };

		await restoreStage(
			{
				...deps,
				...aWalk().deps,
				...{ lanes, incomingQueue, slots: { ...slots, ...watched } },
				tables: ["batches", "messages"].map(filled),
				restoredMessages: onePage(aMessage(), aSentMessage()),
				restoredIncoming: onePage({ kind: "message", message: anIncomingMessage() } as const),
			},
			mondayAtEleven,
		);

		expect(steps).toEqual(["batches", "messages", "watch rows", "lane entries", "messages from subscribers"]);
		expect(entries).toEqual([]);
	});
});

describe("messages from subscribers that are restored", () => {
	it("are checked again: stored ones of the last days, and parts, complete or not", async () => {
		const queued: IncomingEntry[] = [];
		const queue = { send: async (entries: readonly IncomingEntry[]) => void queued.push(...entries) };
		const recent = anIncomingMessage({ receivedAt: since });
		const old = anIncomingMessage({ receivedAt: since - 1 });
		const part = anMoPart({ place: { reference: 1, total: 2, sequence: 1 } });
		const of = { operator: part.operator, sender: part.sender, recipient: part.recipient, reference: 1, total: 2 };
		const partial = (closed: boolean) => ({ messageId: part.partId, parts: [part], touchedAt: since, closed });
		const row = { of, partials: [partial(true), partial(false)], revision: 1 };

		await requeueIncoming(
			queue,
			[
				{ kind: "message", message: recent },
				{ kind: "message", message: old },
				{ kind: "parts", row },
			],
			since,
		);

		expect(queued).toEqual([
			{ kind: "unrouted", messageIds: [recent.messageId] },
			{ kind: "parts", parts: [part] },
			{ kind: "overdue", of },
		]);
	});
});

/** A table of the numbers from 0, two in a page. */
function numbersTo(count: number): RestoredTable<number> & { readonly read: (string | null)[] } {
	const read: (string | null)[] = [];
	return {
		read,
		async page(from) {
			read.push(from);
			const first = Number(from ?? 0);
			const next = first + 2 < count ? String(first + 2) : null;
			return { rows: [first, first + 1].filter((one) => one < count), unreadable: 0, next };
		},
	};
}

function aWalk(rowsPerSecond = 1_000) {
	const positions = new Map<string, Position>();
	const pauses: number[] = [];
	const done: number[] = [];
	const deps = {
		progress: {
			of: (step: string) => positions.get(step) ?? start,
			save: (step: string, position: Position) => void positions.set(step, position),
		},
		now: () => 0,
		pause: async (ms: number) => void pauses.push(ms),
		rowsPerSecond,
		log: memoryLog(),
	};
	const carryOut = async (rows: readonly number[]) => {
		done.push(...rows);
		return rows.length;
	};
	return { deps, positions, pauses, done, carryOut };
}

describe("a walk through a restored table", () => {
	it("does each page once, at the given rate, and is done", async () => {
		const { deps, positions, pauses, done, carryOut } = aWalk(10);

		await walkTable(deps, "step", numbersTo(5), carryOut);

		expect(done).toEqual([0, 1, 2, 3, 4]);
		expect(pauses).toEqual([200, 200, 100]);
		expect(positions.get("step")).toEqual({ from: null, isDone: true, rows: 5, done: 5, unreadable: 0 });
	});

	it("continues after the last page that was saved, and does nothing once it is done", async () => {
		const { deps, done, carryOut } = aWalk();
		const table = numbersTo(6);
		const dying = async (rows: readonly number[]) => {
			if (rows.includes(2)) throw new Error("killed");
			return await carryOut(rows);
		};
		const impatient = { ...deps, log: { ...deps.log, warn: () => never() } };
		await expect(walkTable(impatient, "step", table, dying)).rejects.toThrow();

		await walkTable(deps, "step", table, carryOut);
		await walkTable(deps, "step", table, carryOut);

		expect(done).toEqual([0, 1, 2, 3, 4, 5]);
		expect(table.read).toEqual([null, "2", "2", "4"]);
	});

	it("begins again if rows could not be read, because a newer version may read them", async () => {
		const { deps, positions, done, carryOut } = aWalk();
		positions.set("step", { from: null, isDone: true, rows: 2, done: 1, unreadable: 1 });

		await walkTable(deps, "step", numbersTo(2), carryOut);

		expect(done).toEqual([0, 1]);
		expect(positions.get("step")).toMatchObject({ rows: 2, done: 2, unreadable: 0 });
	});

	it("repeats a page that fails, without counting it twice", async () => {
		const { deps, positions, done, carryOut } = aWalk();
		let failures = 0;

		await walkTable(deps, "step", numbersTo(2), async (rows) => {
			failures += 1;
			if (failures < 3) throw new Error("throttled");
			return await carryOut(rows);
		});

		expect(done).toEqual([0, 1]);
		expect(positions.get("step")?.rows).toBe(2);
	});
});

function never(): never {
	throw new Error("the process dies");
}
