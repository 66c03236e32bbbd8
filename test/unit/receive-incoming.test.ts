import { describe, expect, it } from "vitest";
import type { IncomingEntry } from "#shared/domain/incoming/incoming-entry.ts";
import type { MoPart } from "#shared/domain/incoming/mo-part.ts";
import type { ShortCodeEntry } from "#shared/domain/incoming/short-codes.ts";
import { receiveIncoming } from "#shared/usecases/incoming/receive-incoming.ts";
import { anMoPart } from "#test/fakes/builders.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
import { memoryIncoming, memoryIncomingQueue, memoryParts, memoryShortCodes } from "#test/fakes/memory-incoming.ts";
import { memoryLog, memoryReportBatches, memoryReports, stoppedClock } from "#test/fakes/memory-stores.ts";

const waitMs = 300_000;
const routes: readonly ShortCodeEntry[] = [
	{ shortCode: "9090", keyword: null, userName: "demo" },
	{ shortCode: "9090", keyword: "акция", userName: "demo2" },
];

const dayMs = 24 * 3_600_000;

function aConsumer(entries = routes, retentionMs = 90 * dayMs) {
	const now = stoppedClock();
	let reportBatches = 0;
	const deps = {
		parts: memoryParts(),
		incoming: memoryIncoming(now),
		shortCodes: memoryShortCodes(entries),
		reportBatches: memoryReportBatches(),
		reports: memoryReports(),
		queue: memoryIncomingQueue(),
		unrouted: memoryIncomingQueue(),
		newReportBatchId: () => `batch ${++reportBatches}`,
		counter: memoryCounter(),
		now,
		waitMs,
		retentionMs,
		log: memoryLog(),
	};
	return {
		...deps,
		take: async (...arrived: readonly IncomingEntry[]) => await receiveIncoming(deps, arrived),
		texts: () => [...deps.incoming.rows.values()].map(({ text }) => text),
	};
}

const entryOf = (...parts: readonly MoPart[]): IncomingEntry => ({ kind: "parts", parts });

const aPart = (sequence: number, text: string, total = 3, reference = 5) =>
	anMoPart({ text, place: { reference, total, sequence } });

/** The entry that marks the parts of `aPart` as overdue. */
const overdue = (total = 3): IncomingEntry => {
	const of = { operator: "kcell", sender: "77010000000", recipient: "9090", reference: 5, total } as const;
	return { kind: "overdue", of };
};

describe("messages from subscribers", () => {
	it("are written and reported together, by account (R40, A48)", async () => {
		const consumer = aConsumer();
		const ofKeyword = anMoPart({
			encoding: "ucs2",
			octets: Buffer.from("Акция!", "utf16le").swap16().toString("base64"),
		});
		const others = [anMoPart(), anMoPart()];

		await consumer.take(entryOf(...others, ofKeyword));

		expect(consumer.reports.sent).toEqual([
			{ reportBatchId: "batch 1", userName: "demo", messageIds: others.map(({ partId }) => partId), incoming: true },
			{ reportBatchId: "batch 2", userName: "demo2", messageIds: [ofKeyword.partId], incoming: true },
		]);
		expect(consumer.incoming.rows.get(ofKeyword.partId)).toMatchObject({
			userName: "demo2",
			reportBatchId: "batch 2",
			text: "Акция!",
		});
		expect(consumer.counter.entries.map(({ userName, measure }) => [userName, measure]).sort()).toEqual([
			["demo", "incoming"],
			["demo", "incoming"],
			["demo2", "incoming"],
		]);
	});

	it("are kept for their retention, and until they are reported however short that is (R40, A50)", async () => {
		const [short, long] = [aConsumer(routes, dayMs), aConsumer(routes, 90 * dayMs)];

		for (const { take } of [short, long]) await take(entryOf(anMoPart()));

		const days = [short, long].map(({ incoming, now }) =>
			[...incoming.rows.values()].map(({ keepUntil }) => (keepUntil - now()) / dayMs),
		);
		expect(days).toEqual([[5], [90]]);
	});

	it("of several parts are joined once, in any order, with repeated parts (A48)", async () => {
		const consumer = aConsumer();
		const [one, two, three] = [aPart(1, "a"), aPart(2, "b"), aPart(3, "c")];

		await consumer.take(entryOf(three));
		await consumer.take(entryOf(one, aPart(3, "c")));
		const early = consumer.texts();
		await consumer.take(entryOf(two));
		await consumer.take(entryOf(aPart(2, "b")), overdue());

		expect([early, consumer.texts()]).toEqual([[], ["abc"]]);
		expect(consumer.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[three.partId]]);
	});

	it("are joined once when many processes receive their parts at once (A48)", async () => {
		const consumer = aConsumer();
		const parts = [1, 2, 3, 4, 5].map((sequence) => aPart(sequence, String(sequence), 5));

		await Promise.all([...parts, ...parts].map(async (part) => await consumer.take(entryOf(part))));

		expect(consumer.texts()).toEqual(["12345"]);
		expect(new Set(consumer.reports.sent.flatMap(({ messageIds }) => messageIds)).size).toBe(1);
	});

	it("have an overdue entry queued before their first part is stored", async () => {
		const consumer = aConsumer();
		const partsAtSend: number[] = [];
		const { send } = consumer.queue;
		const queue = {
			...consumer.queue,
			send: async (...args: Parameters<typeof send>) => {
				partsAtSend.push(consumer.parts.rows.size);
				await send(...args);
			},
		};

		await receiveIncoming({ ...consumer, queue }, [entryOf(aPart(1, "a"))]);

		expect(partsAtSend).toEqual([0]);
		expect(consumer.queue.sent).toMatchObject([{ entry: { kind: "overdue" }, delaySeconds: 300 }]);
	});

	it("are reported without a part that is overdue, and not before (A48)", async () => {
		const consumer = aConsumer();
		await consumer.take(entryOf(aPart(3, "c")));
		consumer.now.advance(waitMs - 10_000);
		await consumer.take(entryOf(aPart(1, "a")));

		consumer.now.advance(10_000);
		await consumer.take(overdue());
		const early = consumer.texts();
		consumer.now.advance(waitMs - 10_000);
		await consumer.take(overdue());

		expect([early, consumer.texts()]).toEqual([[], ["ac"]]);
		expect(consumer.queue.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([300, 290]);
		expect(consumer.log.events).toContainEqual({
			event: "mo.incomplete",
			fields: expect.objectContaining({ parts: 2, total: 3 }),
		});
	});

	it("with a reference that was used before are separate messages (A48)", async () => {
		const consumer = aConsumer();
		await consumer.take(entryOf(aPart(1, "a", 2), aPart(2, "b", 2)));

		await consumer.take(entryOf(aPart(1, "c", 2), aPart(2, "d", 2)));

		expect(consumer.texts()).toEqual(["ab", "cd"]);
	});

	it("keep their id, and have their report queued again, when the process that handled them died (R40)", async () => {
		const consumer = aConsumer();
		const alone = anMoPart();
		const entry = entryOf(alone, aPart(1, "a", 2), aPart(2, "b", 2));
		await consumer.take(entry);

		await consumer.take(entry);
		const [reportBatch] = consumer.reports.sent;
		if (reportBatch) await consumer.reportBatches.confirm(reportBatch, 0, 0);
		await consumer.take(entry);

		expect(consumer.incoming.rows.size).toBe(2);
		expect(consumer.reports.sent.map(({ reportBatchId }) => reportBatchId)).toEqual(["batch 1", "batch 1"]);
	});

	it("are reported when the process that joined them died before they were written", async () => {
		const consumer = aConsumer();
		const entry = entryOf(aPart(1, "a", 2), aPart(2, "b", 2));
		const dying = { ...consumer.incoming, put: async () => Promise.reject(new Error("dead")) };
		await expect(receiveIncoming({ ...consumer, incoming: dying }, [entry])).rejects.toThrow("dead");

		await consumer.take(entry);

		expect(consumer.texts()).toEqual(["ab"]);
		expect(consumer.reports.sent).toHaveLength(1);
	});

	it("are whole even if they could not be written for longer than repeats are recognised (A48)", async () => {
		const consumer = aConsumer();
		const [one, two] = [aPart(1, "a", 2), aPart(2, "b", 2)];
		const failing = { ...consumer.incoming, put: async () => Promise.reject(new Error("no table")) };
		await consumer.take(entryOf(one));
		await expect(receiveIncoming({ ...consumer, incoming: failing }, [entryOf(two)])).rejects.toThrow("no table");

		consumer.now.advance(60 * 60_000);
		await consumer.take(entryOf(two));

		expect(consumer.texts()).toEqual(["ab"]);
		expect(consumer.reports.sent).toMatchObject([{ messageIds: [one.partId] }]);
	});

	it("without a route are stored and stay in the dead-letter queue until there is one (A48)", async () => {
		const consumer = aConsumer([]);
		const part = anMoPart();
		await consumer.take(entryOf(part));
		const [deadLetter] = consumer.unrouted.sent;

		const routed = { ...consumer, shortCodes: memoryShortCodes(routes) };
		await receiveIncoming(routed, [{ kind: "unrouted", messageIds: [part.partId] }]);

		expect(deadLetter?.entry).toEqual({ kind: "unrouted", messageIds: [part.partId] });
		expect(consumer.log.events.map(({ event }) => event)).toEqual(["mo.received", "mo.unrouted", "mo.received"]);
		expect(consumer.incoming.rows.get(part.partId)).toMatchObject({ userName: "demo", reportBatchId: "batch 1" });
		expect(consumer.reports.sent).toMatchObject([{ userName: "demo", messageIds: [part.partId] }]);
	});
});
