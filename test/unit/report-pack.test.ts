import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { QueuedPack } from "#shared/domain/packs.ts";
import { slotMs } from "#shared/domain/slots.ts";
import type { WebhookAnswer } from "#shared/ports.ts";
import { lookAtShard } from "#shared/usecases/look-at-shard.ts";
import { reportPack } from "#shared/usecases/report-pack.ts";
import { webhookGates } from "#shared/usecases/webhook-gates.ts";
import { anAccount, aSentMessage } from "#test/fakes/builders.ts";
import { memoryIncoming } from "#test/fakes/memory-incoming.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import {
	memoryAccountQueues,
	memoryAccounts,
	memoryCircuits,
	memoryLanes,
	memoryLog,
	memoryLooks,
	memoryPacks,
	memoryReports,
	memorySlots,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";

/** Nobody's patience ends. */
const patient = async () => await new Promise(() => undefined);

const answered = (status: number, retryAfter: string | null = null): WebhookAnswer => ({
	kind: "answered",
	status,
	body: "",
	retryAfter,
});

/** A reporting of one pack whose client's server answers as it is told, and the clock that it lives by. */
async function aReporting(answer: () => WebhookAnswer, chance = 0.5) {
	const now = stoppedClock();
	const account = anAccount();
	const messages = memoryMessages(now);
	const message = aSentMessage(["a"], { userName: account.userName, status: "DELIVERED" });
	await messages.insert([message]);
	const posts: number[] = [];
	const reporting = {
		messages,
		incoming: memoryIncoming(),
		packs: memoryPacks(),
		accounts: memoryAccounts([account]),
		accountQueues: memoryAccountQueues(),
		webhooks: {
			async post() {
				posts.push(now());
				return answer();
			},
		},
		gates: webhookGates({ circuits: memoryCircuits(), now, pause: patient }),
		reports: memoryReports(),
		slots: memorySlots(),
		deadLetters: memoryReports(),
		now,
		chance: () => chance,
		retentionMs: 1_000,
		log: memoryLog(),
	};
	const pack = { packId: randomUUID(), userName: account.userName, messageIds: [message.messageId], tries: 1 };
	return { ...reporting, posts, pack };
}

type AReporting = Awaited<ReturnType<typeof aReporting>>;

/** Lets time pass until whoever holds the pack gives it out again; null where nobody holds it. */
async function nextTurn(reporting: AReporting): Promise<{ pack: QueuedPack; heldBy: "queue" | "slot" } | null> {
	const { reports, slots, now } = reporting;
	const [row] = slots.kept;
	if (row !== undefined) {
		now.advance(row.slot - now());
		const looking = { ...reporting, lanes: memoryLanes(), looks: memoryLooks(), newPackId: randomUUID };
		await lookAtShard(looking, row);
	}
	const [pack] = reports.sent.splice(0);
	const [delaySeconds = 0] = reports.delays.splice(0);
	now.advance(delaySeconds * 1_000);
	if (pack === undefined) return null;
	const tries = "tries" in pack ? Number(pack.tries) : 0;
	return { pack: { ...pack, tries: tries + 1 }, heldBy: row === undefined ? "queue" : "slot" };
}

/** Every turn of a pack until nobody holds it; bounded, for the tests are about its end. */
async function wholeLife(reporting: AReporting): Promise<readonly string[]> {
	const holders: string[] = [];
	let pack: QueuedPack = reporting.pack;
	for (let turn = 0; turn < 100; turn += 1) {
		await reportPack(reporting, pack);
		const next = await nextTurn(reporting);
		if (next === null) return holders;
		holders.push(next.heldBy);
		pack = next.pack;
	}
	throw new Error("it never ends");
}

const waitsOf = (posts: readonly number[]) => posts.slice(1).map((at, index) => (at - (posts[index] ?? 0)) / 1_000);

describe("a pack that nobody confirms", () => {
	it("is tried eleven times in about a day, by a delay up to ten minutes and by slots after that, then rests (A40)", async () => {
		const reporting = await aReporting(() => answered(500));

		const holders = await wholeLife(reporting);

		expect(reporting.posts).toHaveLength(11);
		expect(holders).toEqual([...Array(4).fill("queue"), ...Array(6).fill("slot")]);
		const waits = waitsOf(reporting.posts);
		expect(waits.slice(0, 4)).toEqual([5, 30, 120, 600]);
		for (const [index, wanted] of [1_800, 3_600, 7_200, 14_400, 28_800, 28_800].entries()) {
			expect(waits[index + 4]).toBeGreaterThanOrEqual(wanted);
			expect(waits[index + 4]).toBeLessThan(wanted + slotMs / 1_000);
		}
		const [, , , , , ...fromSlots] = reporting.posts;
		expect(fromSlots.filter((at) => at % slotMs !== 0)).toEqual([]);
		expect(reporting.deadLetters.sent.map(({ packId }) => packId)).toEqual([reporting.pack.packId]);
		expect(reporting.log.events.map(({ event }) => event)).toContain("report.died");
	});

	it.each([
		["least", 0, 0.8],
		["most", 0.999_999, 1.2],
	])("waits a fifth less or more by chance: the %s (A40)", async (_, chance, share) => {
		const reporting = await aReporting(() => answered(500), chance);

		const holders = await wholeLife(reporting);

		const waits = waitsOf(reporting.posts);
		expect(waits.slice(0, 4)).toEqual([5, 30, 120, 600].map((seconds) => Math.round(seconds * share)));
		expect(holders.slice(0, 5)).toEqual(["queue", "queue", "queue", "queue", "slot"]);
		for (const [index, wanted] of [1_800, 3_600, 7_200, 14_400, 28_800, 28_800].entries()) {
			expect(waits[index + 4]).toBeGreaterThanOrEqual(Math.floor(wanted * share));
			expect(waits[index + 4]).toBeLessThan(wanted * share + slotMs / 1_000 + 1);
		}
	});

	it("goes on where it was when it comes back from a slot, and ends when it is confirmed", async () => {
		const reporting = await aReporting(() => answered(reporting.posts.length < 7 ? 500 : 204));

		await wholeLife(reporting);

		expect(reporting.posts).toHaveLength(7);
		expect(reporting.deadLetters.sent).toEqual([]);
		expect([...reporting.packs.rows.keys()]).toEqual([reporting.pack.packId]);
	});

	it("waits in a slot where a busy server asks for more than ten minutes (A40)", async () => {
		const reporting = await aReporting(() => answered(reporting.posts.length < 2 ? 503 : 204, "3600"));

		expect(await wholeLife(reporting)).toEqual(["slot"]);
		expect(waitsOf(reporting.posts)[0]).toBeGreaterThanOrEqual(3_600);
	});

	it.each([
		["720", "queue"],
		["721", "slot"],
	])("waits %s seconds in a %s: ten minutes, and a fifth, are no long wait yet (A40)", async (asked, holder) => {
		const reporting = await aReporting(() => answered(reporting.posts.length < 2 ? 429 : 204, asked));

		expect(await wholeLife(reporting)).toEqual([holder]);
	});

	it("has its next holder before its entry is done with: it fails where that cannot be had", async () => {
		const away = async () => Promise.reject(new Error("away"));
		const reporting = await aReporting(() => answered(500));
		const pack = { ...reporting.pack };

		await expect(reportPack({ ...reporting, reports: { send: away } }, pack)).rejects.toThrow("away");
		await expect(reportPack({ ...reporting, slots: { put: away } }, { ...pack, tries: 6 })).rejects.toThrow("away");
		await expect(reportPack({ ...reporting, deadLetters: { send: away } }, { ...pack, tries: 11 })).rejects.toThrow(
			"away",
		);
	});

	it("rests at once when its server is gone (A40)", async () => {
		const reporting = await aReporting(() => answered(410));

		expect(await wholeLife(reporting)).toEqual([]);
		expect(reporting.deadLetters.sent).toHaveLength(1);
	});
});
