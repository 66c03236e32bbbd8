import { describe, expect, it } from "vitest";
import type { IncomingEntry } from "#shared/domain/incoming/incoming-entry.ts";
import type { MoPart } from "#shared/domain/incoming/mo-part.ts";
import type { ShortCodeEntry } from "#shared/domain/incoming/short-codes.ts";
import { receiveIncoming } from "#shared/usecases/incoming/receive-incoming.ts";
import { anMoPart } from "#test/fakes/builders.ts";
import { memoryIncoming, memoryIncomingQueue, memoryParts, memoryShortCodes } from "#test/fakes/memory-incoming.ts";
import { memoryLog, memoryReportBatches, memoryReports, stoppedClock } from "#test/fakes/memory-stores.ts";

const waitMs = 300_000;
const routes: readonly ShortCodeEntry[] = [
	{ shortCode: "9090", keyword: null, userName: "demo" },
	{ shortCode: "9090", keyword: "акция", userName: "demo2" },
];

const dayMs = 24 * 3_600_000;

function anOperatorSender(entries = routes, retentionMs = 90 * dayMs) {
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
		newReportBatchId: () => `pack ${++reportBatches}`,
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

/** The word that the parts of `aPart` have waited long enough. */
const overdue = (total = 3): IncomingEntry => {
	const of = { operator: "kcell", sender: "77010000000", recipient: "9090", reference: 5, total } as const;
	return { kind: "overdue", of };
};

describe("messages from subscribers", () => {
	it("are written and reported together, by account (R40, A48)", async () => {
		const desk = anOperatorSender();
		const ofKeyword = anMoPart({
			encoding: "ucs2",
			octets: Buffer.from("Акция!", "utf16le").swap16().toString("base64"),
		});
		const others = [anMoPart(), anMoPart()];

		await desk.take(entryOf(...others, ofKeyword));

		expect(desk.reports.sent).toEqual([
			{ reportBatchId: "pack 1", userName: "demo", messageIds: others.map(({ partId }) => partId), incoming: true },
			{ reportBatchId: "pack 2", userName: "demo2", messageIds: [ofKeyword.partId], incoming: true },
		]);
		expect(desk.incoming.rows.get(ofKeyword.partId)).toMatchObject({
			userName: "demo2",
			reportBatchId: "pack 2",
			text: "Акция!",
		});
	});

	it("are kept for their retention, and until they are reported however short that is (R40, A50)", async () => {
		const [short, long] = [anOperatorSender(routes, dayMs), anOperatorSender(routes, 90 * dayMs)];

		for (const { take } of [short, long]) await take(entryOf(anMoPart()));

		const days = [short, long].map(({ incoming, now }) =>
			[...incoming.rows.values()].map(({ keepUntil }) => (keepUntil - now()) / dayMs),
		);
		expect(days).toEqual([[5], [90]]);
	});

	it("of several parts are joined once, in any order, whatever comes twice (A48)", async () => {
		const desk = anOperatorSender();
		const [one, two, three] = [aPart(1, "a"), aPart(2, "b"), aPart(3, "c")];

		await desk.take(entryOf(three));
		await desk.take(entryOf(one, aPart(3, "c")));
		const early = desk.texts();
		await desk.take(entryOf(two));
		await desk.take(entryOf(aPart(2, "b")), overdue());

		expect([early, desk.texts()]).toEqual([[], ["abc"]]);
		expect(desk.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[three.partId]]);
	});

	it("are joined once by many processes at once (A48)", async () => {
		const desk = anOperatorSender();
		const parts = [1, 2, 3, 4, 5].map((sequence) => aPart(sequence, String(sequence), 5));

		await Promise.all([...parts, ...parts].map(async (part) => await desk.take(entryOf(part))));

		expect(desk.texts()).toEqual(["12345"]);
		expect(new Set(desk.reports.sent.flatMap(({ messageIds }) => messageIds)).size).toBe(1);
	});

	it("have something that looks after them before their first part is kept", async () => {
		const desk = anOperatorSender();
		const kept: number[] = [];
		const { send } = desk.queue;
		const queue = {
			...desk.queue,
			send: async (...args: Parameters<typeof send>) => {
				kept.push(desk.parts.rows.size);
				await send(...args);
			},
		};

		await receiveIncoming({ ...desk, queue }, [entryOf(aPart(1, "a"))]);

		expect(kept).toEqual([0]);
		expect(desk.queue.sent).toMatchObject([{ entry: { kind: "overdue" }, delaySeconds: 300 }]);
	});

	it("are reported as they are when a part has not come in time, and not before (A48)", async () => {
		const desk = anOperatorSender();
		await desk.take(entryOf(aPart(3, "c")));
		desk.now.advance(waitMs - 10_000);
		await desk.take(entryOf(aPart(1, "a")));

		desk.now.advance(10_000);
		await desk.take(overdue());
		const early = desk.texts();
		desk.now.advance(waitMs - 10_000);
		await desk.take(overdue());

		expect([early, desk.texts()]).toEqual([[], ["ac"]]);
		expect(desk.queue.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([300, 290]);
		expect(desk.log.events).toContainEqual({
			event: "mo.incomplete",
			fields: expect.objectContaining({ parts: 2, total: 3 }),
		});
	});

	it("that reach us under a reference that was used before are others (A48)", async () => {
		const desk = anOperatorSender();
		await desk.take(entryOf(aPart(1, "a", 2), aPart(2, "b", 2)));

		await desk.take(entryOf(aPart(1, "c", 2), aPart(2, "d", 2)));

		expect(desk.texts()).toEqual(["ab", "cd"]);
	});

	it("keep their id, and have their report queued again, where whoever had them died (R40)", async () => {
		const desk = anOperatorSender();
		const alone = anMoPart();
		const entry = entryOf(alone, aPart(1, "a", 2), aPart(2, "b", 2));
		await desk.take(entry);

		await desk.take(entry);
		const [reportBatch] = desk.reports.sent;
		if (reportBatch) await desk.reportBatches.confirm(reportBatch, 0, 0);
		await desk.take(entry);

		expect(desk.incoming.rows.size).toBe(2);
		expect(desk.reports.sent.map(({ reportBatchId }) => reportBatchId)).toEqual(["pack 1", "pack 1"]);
	});

	it("are reported where the one that closed them died before they were written", async () => {
		const desk = anOperatorSender();
		const entry = entryOf(aPart(1, "a", 2), aPart(2, "b", 2));
		const dying = { ...desk.incoming, put: async () => Promise.reject(new Error("dead")) };
		await expect(receiveIncoming({ ...desk, incoming: dying }, [entry])).rejects.toThrow("dead");

		await desk.take(entry);

		expect(desk.texts()).toEqual(["ab"]);
		expect(desk.reports.sent).toHaveLength(1);
	});

	it("are whole even where they could not be written for longer than repeats are known (A48)", async () => {
		const desk = anOperatorSender();
		const [one, two] = [aPart(1, "a", 2), aPart(2, "b", 2)];
		const failing = { ...desk.incoming, put: async () => Promise.reject(new Error("no table")) };
		await desk.take(entryOf(one));
		await expect(receiveIncoming({ ...desk, incoming: failing }, [entryOf(two)])).rejects.toThrow("no table");

		desk.now.advance(60 * 60_000);
		await desk.take(entryOf(two));

		expect(desk.texts()).toEqual(["ab"]);
		expect(desk.reports.sent).toMatchObject([{ messageIds: [one.partId] }]);
	});

	it("without a route are stored and stay in the dead-letter queue until there is one (A48)", async () => {
		const desk = anOperatorSender([]);
		const part = anMoPart();
		await desk.take(entryOf(part));
		const [resting] = desk.unrouted.sent;

		const routed = { ...desk, shortCodes: memoryShortCodes(routes) };
		await receiveIncoming(routed, [{ kind: "unrouted", messageIds: [part.partId] }]);

		expect(resting?.entry).toEqual({ kind: "unrouted", messageIds: [part.partId] });
		expect(desk.log.events.map(({ event }) => event)).toEqual(["mo.received", "mo.unrouted", "mo.received"]);
		expect(desk.incoming.rows.get(part.partId)).toMatchObject({ userName: "demo", reportBatchId: "pack 1" });
		expect(desk.reports.sent).toMatchObject([{ userName: "demo", messageIds: [part.partId] }]);
	});
});
