import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message.ts";
import { isFinal } from "#shared/domain/statuses.ts";
import type { MessageStore, ReceiptPack, ReportQueue } from "#shared/ports.ts";
import { applyReceipts } from "#shared/usecases/apply-receipts.ts";
import { letGo, pickUpMessages } from "#shared/usecases/pick-up-messages.ts";
import { recordSubmissions } from "#shared/usecases/record-submissions.ts";
import { aMessage, aReceipt, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import { memoryLog, memoryReceipts, memorySubmissions } from "#test/fakes/memory-stores.ts";

/** What becomes of one call: it is carried out or not, and its answer comes or not; `repeated` is the SDK's own second try. */
const fates = ["answered", "answered", "answered", "not_done", "unanswered", "repeated"] as const;
type Fate = (typeof fates)[number];

/** What a process does with a step that failed: tries it again itself, or dies, and its entry comes back to another. */
type Plan = { readonly calls: readonly Fate[]; readonly dies: boolean };

const plan = fc.record({ calls: fc.array(fc.constantFrom(...fates), { maxLength: 6 }), dies: fc.boolean() });
const states = fc.subarray(["ENROUTE", "DELIVRD"] as const);

/** Calls that meet their fates in turn, and all go well when these are used up; the scheduler decides which process goes on. */
function fateful(scheduler: fc.Scheduler, { calls }: Plan) {
	const left = [...calls];
	const step = async () => await scheduler.schedule(Promise.resolve());
	return async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
		await step();
		const fate = left.shift();
		if (fate === "not_done") throw new Error("not done");
		const answer = await call();
		await step();
		if (fate === "unanswered") throw new Error("unanswered");
		return fate === "repeated" ? await call() : answer;
	};
}

async function aWorld(message: Message) {
	const gateway = await aGatewayWith([message], mondayAtEleven);
	return {
		...gateway,
		submissions: memorySubmissions(gateway.now),
		receipts: memoryReceipts(),
		orphans: memoryReceipts(),
		learntIds: new Map(),
		log: memoryLog(),
	};
}
type World = Awaited<ReturnType<typeof aWorld>>;

function asSeenBy(world: World, meet: ReturnType<typeof fateful>) {
	const messages: MessageStore = {
		...world.messages,
		read: async (ids) => await meet(async () => await world.messages.read(ids)),
		change: async (wanted) => await meet(async () => await world.messages.change(wanted)),
	};
	const reports: ReportQueue = {
		send: async (packs) => (packs.length === 0 ? undefined : await meet(async () => await world.reports.send(packs))),
	};
	return { ...world, messages, reports, newPackId: () => randomUUID() as string };
}

/** Does a step until it is done. */
async function persist(step: (again: boolean) => Promise<void>): Promise<void> {
	for (let again = false; ; again = true) {
		try {
			return await step(again);
		} catch {
			/* The next try is another call, with its own fate. */
		}
	}
}

/** Sends the message, and records that; a process that dies at it leaves the lane entry, which is received again. */
async function send(world: World, message: Message, scheduler: fc.Scheduler, of: Plan): Promise<void> {
	const seen = asSeenBy(world, fateful(scheduler, of));
	const record = async (row: Message, smscId: string) => {
		const submission = { smscIds: [smscId], sentAt: 1, confirmedAt: 2, resends: 0, refusal: null };
		await recordSubmissions(seen, "kcell", [{ message: row, submission, parts: 1, segmentsWritten: 0 }]);
	};
	if (!of.dies) return await persist(async () => await record(message, "a"));
	await record(message, "a").catch(() => undefined);
	await persist(async () => {
		const picked = await pickUpMessages(seen, [
			{ messageIds: [message.messageId], entryId: "entry", kind: "first", redelivered: true },
		]);
		await letGo(seen, picked.others);
		for (const row of picked.submit.values()) await record(row, "b");
	});
}

/** Applies receipts one after the other, each as often as it takes. */
async function receive(world: World, packs: readonly ReceiptPack[], scheduler: fc.Scheduler, of: Plan): Promise<void> {
	const seen = asSeenBy(world, fateful(scheduler, of));
	for (const pack of packs) {
		await persist(async (again) => await applyReceipts(seen, [{ ...pack, redelivered: again }]));
	}
}

describe("a message that is told on the way", () => {
	it("has each of its statuses reported, or its end, whatever fails and whoever dies, in any order of events (A34, A42)", async () => {
		await fc.assert(
			fc.asyncProperty(fc.scheduler(), plan, plan, states, async (scheduler, sending, receiving, said) => {
				const message = aMessage({ toldOnWay: true });
				const world = await aWorld(message);
				const packs = said.map((state) => {
					return { operator: "kcell" as const, receipts: [aReceipt({ smscId: "a", state })], looks: 0 };
				});

				await scheduler.waitFor(
					Promise.all([send(world, message, scheduler, sending), receive(world, packs, scheduler, receiving)]),
				);
				const early = world.receipts.sent.map(({ pack }) => pack);
				await scheduler.waitFor(receive(world, early, scheduler, { ...receiving, calls: [] }));

				const row = world.messages.rows.get(message.messageId) ?? expect.fail();
				const told = world.reports.sent.map(({ packId, onWay }) => [packId, onWay?.status]);
				if (isFinal(row.status)) expect(told).toContainEqual([row.pack, undefined]);
				else expect(told).toContainEqual([row.sentReport, "SENT"]);
				if (row.status === "EN_ROUTE") expect(told).toContainEqual([row.enRouteReport, "EN_ROUTE"]);
			}),
			{ numRuns: 500 },
		);
	});
});
