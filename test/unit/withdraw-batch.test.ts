import { describe, expect, it } from "vitest";
import type { Batch } from "#shared/domain/accept/batch.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { summarizeBatch } from "#shared/usecases/batches/summarize-batch.ts";
import { withdrawBatch } from "#shared/usecases/batches/withdraw-batch.ts";
import { pickUpMessages } from "#shared/usecases/send/pick-up-messages.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";

const batchId = 7;
const schedule = mondayAtEleven + 3_600_000;
const scheduled = { schedule, scheduleState: "N" } as const;
const far = mondayAtEleven + 86_400_000;
const inBatch = (parts: Partial<Message> = {}) => aMessage({ batchId, expiresAt: far, revision: 1, ...parts });

async function aBatch(messages: readonly Message[], parts: Partial<Batch> = {}) {
	const deps = await aGatewayWith(messages, mondayAtEleven);
	await deps.batches.put({
		...{ batchId, userName: "demo", messageIds: messages.map(({ messageId }) => messageId) },
		...{ acceptedAt: mondayAtEleven, keepUntil: far, isFailFast: false, state: "committed", attempt: "attempt" },
		...parts,
	});
	return deps;
}

const tally = async (deps: Awaited<ReturnType<typeof aBatch>>) => {
	const outcome = await withdrawBatch(deps, "demo", batchId);
	return outcome.kind === "found" ? outcome.withdrawal : outcome;
};

describe("withdrawing a batch", () => {
	it("withdraws and reports what has not gone, and tells how much had gone or ended (A52, A23)", async () => {
		const waiting = [1, 2, 3].map(() => inBatch(scheduled));
		const others = [inBatch(), inBatch({ status: "SENT" }), inBatch({ status: "DELIVERED" })];
		const deps = await aBatch([...waiting, ...others]);

		expect(await tally(deps)).toEqual({ batch_id: batchId, withdrawn: 3, gone: 2, ended: 1 });

		expect(waiting.map(({ messageId }) => deps.messages.rows.get(messageId)?.status)).toEqual(Array(3).fill("DELETED"));
		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([waiting.map(({ messageId }) => messageId)]);
	});

	it("gives the same answer again, and queues only reports that are not confirmed (A52, A22)", async () => {
		const [one, other] = [inBatch(scheduled), inBatch({ ...scheduled, userName: "demo" })];
		const deps = await aBatch([one, other]);
		const first = await tally(deps);
		const { reportBatchId = "" } = deps.reports.sent[0] ?? {};
		await deps.reportBatches.confirm({ reportBatchId, userName: "demo", messageIds: [one.messageId] }, 0, 0);

		const again = await tally(deps);

		expect(again).toEqual(first);
		expect(deps.reports.sent.slice(1).map(({ messageIds }) => messageIds)).toEqual([[other.messageId]]);
	});

	it("continues after a death between its writes", async () => {
		const messages = Array.from({ length: 60 }, () => inBatch(scheduled));
		const deps = await aBatch(messages);
		const { change } = deps.messages;
		deps.messages.change = async (changes) => {
			await change(changes.slice(0, 25));
			throw new Error("the function died");
		};
		await withdrawBatch(deps, "demo", batchId).catch(() => undefined);
		deps.messages.change = change;

		expect(await tally(deps)).toMatchObject({ withdrawn: 60 });

		const reported = deps.reports.sent.flatMap(({ messageIds }) => messageIds);
		expect(new Set(reported)).toEqual(new Set(messages.map(({ messageId }) => messageId)));
	});

	it("of a withdrawal and a claim one wins, also for a message that a pause has set aside", async () => {
		for (const parts of [scheduled, { pausedAt: mondayAtEleven - 60_000 }]) {
			const message = inBatch(parts);
			const deps = await aBatch([message]);
			deps.now.advance(2 * 3_600_000);
			const entry = { entryId: "entry", kind: "release", messageIds: [message.messageId], redelivered: false } as const;

			const [withdrawal, { submit }] = await Promise.all([tally(deps), pickUpMessages(deps, [entry])]);

			expect(withdrawal).toMatchObject({ withdrawn: 1 - submit.size, gone: submit.size });
		}
	});

	it("gives the other messages of a committed fail-fast batch a holder, whose request may have died (R27)", async () => {
		const [going, waiting] = [inBatch({ isFailFast: true, revision: 0 }), inBatch({ ...scheduled, revision: 0 })];
		const deps = await aBatch([going, waiting], { isFailFast: true });

		expect(await tally(deps)).toMatchObject({ withdrawn: 1, gone: 1 });

		expect(deps.lanes.sent.flatMap(({ sendJob }) => sendJob.messageIds)).toEqual([going.messageId]);
		expect(deps.slots.kept).toEqual([]);
	});

	it.each([
		["absent", { batchId: 8 }],
		["absent", { state: "aborted" }],
		["foreign", { userName: "other" }],
	] as const)("that is %s changes nothing: %j (A21)", async (kind, parts) => {
		const message = inBatch(scheduled);
		const deps = await aBatch([message], parts);

		expect(await withdrawBatch(deps, "demo", batchId)).toEqual({ kind });
		expect(await summarizeBatch(deps, "demo", batchId)).toEqual({ kind });
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it("is open to operators, whichever account sent the batch", async () => {
		const deps = await aBatch([inBatch(scheduled)], { userName: "other" });

		expect(await summarizeBatch(deps, null, batchId)).toMatchObject({ summary: { waiting_count: 1 } });
		expect(await withdrawBatch(deps, null, batchId)).toMatchObject({ withdrawal: { withdrawn: 1 } });
	});

	it("for an operator changes no other message, for its answer promises the client nothing", async () => {
		const messages = [1, 2].map(() => inBatch({ isFailFast: true, revision: 0 }));
		const deps = await aBatch(messages, { isFailFast: true });

		await summarizeBatch(deps, null, batchId);
		expect(await withdrawBatch(deps, null, batchId)).toMatchObject({ withdrawal: { withdrawn: 0 }, waiting: 2 });

		expect([...deps.messages.rows.values()]).toEqual(messages);
		expect(deps.lanes.sent).toEqual([]);
	});
});
