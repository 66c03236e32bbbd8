import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { BatchItem, BatchRequest } from "#shared/domain/accept/batch.ts";
import type { MessageRequest } from "#shared/domain/accept/message-request.ts";
import { TemporaryFault } from "#shared/domain/faults.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { acceptBatch } from "#shared/usecases/accept/accept-batch.ts";
import type { Lanes } from "#shared/usecases/accept/lanes.ts";
import type { MessageStore } from "#shared/usecases/message/message-store.ts";
import { anAccount, aRequest, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { memorySlots, unansweredLanes } from "#test/fakes/memory-stores.ts";

function aBatch(items: readonly BatchItem[], failFast = false): BatchRequest {
	return { failFast, items, body: JSON.stringify(items) };
}

const aRefusedItem = (code: "11" | "10" = "11"): BatchItem => ({
	refusal: new Refusal(code, { field: "recipient" }),
	clientMessageId: randomUUID(),
	recipient: "123",
	sender: "SMSGW",
	text: "тест",
	priority: 0,
	flash: false,
	timeBounds: null,
	expiresAt: null,
	schedule: null,
	unreadFields: [],
});

const requests = (count: number) => Array.from({ length: count }, () => aRequest());

const aBlockedNumber = (recipient: string) => ({ recipient, portedTo: null, porting: false, blocked: true });

const dayMs = 24 * 3_600_000;

const sentIds = (gateway: ReturnType<typeof aGateway>) =>
	gateway.lanes.sent.flatMap(({ sendJob }) => sendJob.messageIds).sort((one, other) => one - other);

const broken = async () => {
	throw new Error("unavailable");
};

/** Lanes and slots do not answer, so a message is known only by its row. */
const unanswering = { lanes: unansweredLanes, slots: { ...memorySlots(), put: broken } };

/** Never answers: the process died during the call. */
const never = async () => await new Promise<never>(() => undefined);

async function untilStored({ messages }: ReturnType<typeof aGateway>, rows: number): Promise<void> {
	await expect.poll(() => messages.rows.size).toBe(rows);
}

describe("accepting a batch", () => {
	it("uses one insert and one send job for each 25 messages", async () => {
		const gateway = aGateway();

		await acceptBatch(gateway, anAccount(), aBatch(requests(200)));

		expect(gateway.lanes.sent).toHaveLength(8);
		expect(gateway.messages.rows.size).toBe(200);
	});

	it("resumes with the messages stored before a crash, even if they would be refused now (A28)", async () => {
		const gateway = aGateway();
		const [account, batch] = [anAccount(), aBatch(requests(3))];
		await acceptBatch({ ...gateway, ...unanswering }, account, batch).catch(() => undefined);
		for (const { recipient } of batch.items) {
			gateway.numbers.rows.set(recipient, aBlockedNumber(recipient));
		}

		await acceptBatch(gateway, account, batch);

		expect([...gateway.messages.rows.values()].map(({ status }) => status)).toEqual(["NEW", "NEW", "NEW"]);
		expect(sentIds(gateway)).toHaveLength(3);
	});

	it.each([false, true])(
		"keeps the batch as long as any of its messages, retried or not (fail-fast: %s, A50)",
		async (failFast) => {
			const gateway = { ...aGateway(mondayAtEleven), retentionMs: dayMs };
			const account = anAccount();
			const completed = aBatch([aRequest(), aRequest({ schedule: mondayAtEleven + 9.5 * dayMs })], failFast);
			const died = aBatch([aRequest({ schedule: mondayAtEleven + 9.5 * dayMs }), aRequest()], failFast);

			await acceptBatch(gateway, account, completed);
			await acceptBatch({ ...gateway, ...unanswering }, account, died).catch(() => undefined);
			gateway.now.advance(5 * 60_000);
			await acceptBatch(gateway, account, died);

			const kept = [...gateway.batches.rows.values()].map(({ messageIds, keepUntil }) => {
				const rows = messageIds.map((id) => gateway.messages.rows.get(id)?.keepUntil ?? Number.NaN);
				return [messageIds.length, keepUntil - Math.max(...rows)];
			});
			expect(kept).toEqual([
				[2, 0],
				[2, 0],
			]);
		},
	);

	it("keeps the order of the messages, in a retry too", async () => {
		const gateway = aGateway();
		const [account, batch] = [anAccount(), aBatch(requests(30), true)];
		await acceptBatch({ ...gateway, ...unanswering }, account, batch).catch(() => undefined);
		gateway.now.advance(5 * 60_000);
		for (const { recipient } of batch.items) gateway.numbers.rows.set(recipient, aBlockedNumber(recipient));

		await acceptBatch(gateway, account, batch);

		const [row] = [...gateway.batches.rows.values()];
		const ids = row?.messageIds.map((id) => gateway.messages.rows.get(id)?.clientMessageId);
		expect(ids).toEqual(batch.items.map(({ clientMessageId }) => clientMessageId));
	});

	it("writes the batch row last, after each message has a holder", async () => {
		const gateway = aGateway();

		const accepting = acceptBatch({ ...gateway, ...unanswering }, anAccount(), aBatch(requests(3)));

		await expect(accepting).rejects.toThrow("do not take");
		expect(gateway.batches.rows.size).toBe(0);
	});

	it.each([false, true])("resumes a batch that crashed before its lanes (fail-fast: %s)", async (failFast) => {
		const gateway = aGateway();
		const account = anAccount();
		const batch = aBatch(requests(30), failFast);
		await acceptBatch({ ...gateway, ...unanswering }, account, batch).catch(() => undefined);

		const outcome = await acceptBatch(gateway, account, batch);

		expect(outcome.kind).toBe(failFast ? "replayed" : "accepted");
		expect(gateway.messages.rows.size).toBe(30);
		expect(sentIds(gateway)).toEqual([...gateway.messages.rows.keys()].sort((one, other) => one - other));
	});

	it("reports each bad message under one id, however often the batch is retried after a crash", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const batch = aBatch([aRequest(), aRefusedItem(), aRefusedItem("10")]);
		await acceptBatch({ ...gateway, batches: { ...gateway.batches, put: broken } }, account, batch).catch(
			() => undefined,
		);

		await acceptBatch(gateway, account, batch);

		expect(gateway.messages.rows.size).toBe(3);
		const [first, second] = gateway.reports.sent;
		expect(second).toEqual(first);
		expect([...gateway.messages.rows.values()].map(({ revision }) => revision)).toEqual([1, 1, 1]);
	});

	it("treats a batch that differs in one word as another batch, whose messages are duplicates (A26, A28)", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const request = aRequest();
		await acceptBatch(gateway, account, aBatch([request]));

		await acceptBatch(gateway, account, aBatch([{ ...request, text: "другой" }]));

		const codes = [...gateway.messages.rows.values()].map(({ errorCode }) => errorCode);
		expect(codes).toEqual([null, "23"]);
		expect(gateway.lanes.sent.map(({ kind }) => kind)).toEqual(["first", "again"]);
	});

	it("reports refused messages a hundred at a time", async () => {
		const gateway = aGateway();

		await acceptBatch(gateway, anAccount(), aBatch(Array.from({ length: 250 }, () => aRefusedItem())));

		expect(gateway.reports.sent.map(({ messageIds }) => messageIds.length)).toEqual([100, 100, 50]);
	});
});

describe("accepting a fail-fast batch", () => {
	it("deletes its own rows, and only those, when a duplicate is found late (R27)", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const shared = aRequest();
		/* Another request inserts the message between our check and our insert. */
		const messages: MessageStore = {
			...gateway.messages,
			async insert(rows) {
				const [first] = rows.filter(({ clientMessageId }) => clientMessageId === shared.clientMessageId);
				if (first !== undefined)
					await gateway.messages.insert([{ ...first, attempt: "theirs", batchId: null, isFailFast: false }]);
				return await gateway.messages.insert(rows);
			},
		};

		const outcome = await acceptBatch({ ...gateway, messages }, account, aBatch([...requests(40), shared], true));

		expect([...gateway.batches.rows.values()].map(({ state }) => state)).toEqual(["aborted"]);
		expect(outcome).toMatchObject({
			kind: "refused",
			refusal: { code: "23", field: "messages[40].client_message_id" },
		});
		expect([...gateway.messages.rows.values()].map(({ attempt }) => attempt)).toEqual(["theirs"]);
		expect(gateway.lanes.sent.map(({ kind }) => kind)).toEqual(["again"]);
	});

	it("leaves nothing when it crashed before its commit and its retry is refused (R27)", async () => {
		const gateway = aGateway();
		const [account, items] = [anAccount(), requests(3)];
		const [first] = items as [MessageRequest, ...MessageRequest[]];
		void acceptBatch({ ...gateway, batches: { ...gateway.batches, replace: never } }, account, aBatch(items, true));
		await untilStored(gateway, 3);
		gateway.numbers.rows.set(first.recipient, aBlockedNumber(first.recipient));

		const outcome = await acceptBatch(gateway, account, aBatch(items, true));

		expect(outcome).toMatchObject({ kind: "refused", refusal: { code: "30" } });
		expect(gateway.messages.rows.size).toBe(0);
	});

	it("is accepted with new rows by its retry when it crashed before its commit (R27)", async () => {
		const gateway = aGateway();
		const [account, items] = [anAccount(), requests(3)];
		void acceptBatch({ ...gateway, batches: { ...gateway.batches, replace: never } }, account, aBatch(items, true));
		await untilStored(gateway, 3);
		const before = [...gateway.messages.rows.values()].map(({ attempt }) => attempt);

		const outcome = await acceptBatch(gateway, account, aBatch(items, true));

		const rows = [...gateway.messages.rows.values()];
		expect(outcome.kind).toBe("accepted");
		expect(rows.map(({ attempt }) => before.includes(attempt))).toEqual([false, false, false]);
		expect(gateway.lanes.sent.map(({ kind }) => kind)).toEqual(["first"]);
	});

	it("takes back rows of a crashed attempt only after that attempt is marked as aborted, for it may still commit (R27)", async () => {
		const gateway = aGateway();
		const [account, items] = [anAccount(), requests(3)];
		void acceptBatch({ ...gateway, batches: { ...gateway.batches, replace: never } }, account, aBatch(items, true));
		await untilStored(gateway, 3);
		const states: string[] = [];
		const undoInsert: MessageStore["undoInsert"] = async (rows) => {
			states.push(...[...gateway.batches.rows.values()].map(({ state }) => state));
			await gateway.messages.undoInsert(rows);
		};

		await acceptBatch({ ...gateway, messages: { ...gateway.messages, undoInsert } }, account, aBatch(items, true));

		expect(states).toEqual(["aborted"]);
	});

	it("does not commit rows that its retry has taken back (R27)", async () => {
		const gateway = aGateway();
		const [account, items] = [anAccount(), requests(3)];
		const committing = Promise.withResolvers<void>();
		const batches: typeof gateway.batches = {
			...gateway.batches,
			replace: async (...args) => {
				await committing.promise;
				return await gateway.batches.replace(...args);
			},
		};
		const first = acceptBatch({ ...gateway, batches }, account, aBatch(items, true));
		await untilStored(gateway, 3);

		const retry = await acceptBatch(gateway, account, aBatch(items, true));
		committing.resolve();

		expect([retry.kind, (await first).kind]).toEqual(["accepted", "replayed"]);
		expect(gateway.messages.rows.size).toBe(3);
		expect(sentIds(gateway)).toHaveLength(6);
		expect(gateway.lanes.sent.map(({ kind }) => kind)).toEqual(["first", "again"]);
	});

	it("is sent by its replay when it crashed between commit and send, even if it would be refused now (R27, A28)", async () => {
		const gateway = aGateway();
		const [account, items] = [anAccount(), requests(3)];
		const lanes = { ...gateway.lanes, sendFirst: never };
		void acceptBatch({ ...gateway, lanes }, account, aBatch(items, true));
		await expect.poll(() => gateway.batches.rows.size).toBe(1);
		for (const { recipient } of items) gateway.numbers.rows.set(recipient, aBlockedNumber(recipient));

		const outcome = await acceptBatch(gateway, account, aBatch(items, true));

		expect(outcome).toMatchObject({ kind: "replayed" });
		expect(gateway.lanes.sent.map(({ kind, sendJob }) => [kind, sendJob.messageIds.length])).toEqual([["again", 3]]);
	});

	it("accepts one of two that race for the same messages, and keeps nothing of the other (R27)", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const shared = requests(30);
		const [one, other] = [requests(10), requests(10)];
		const turns = { ...gateway, pause: async () => await new Promise<void>((resolve) => setImmediate(resolve)) };

		const outcomes = await Promise.all(
			[
				[...one, ...shared],
				[...shared, ...other],
			].map(async (items) => await acceptBatch(turns, account, aBatch(items, true)).catch((error: Error) => error)),
		);

		/* The answer to the other depends on the time: TemporaryFault before the first commits, code 23 afterwards. */
		const names = outcomes.map((outcome) =>
			outcome instanceof TemporaryFault ? "try again" : "kind" in outcome && outcome.kind,
		);
		expect(names.filter((name) => name === "accepted")).toHaveLength(1);
		expect(names.filter((name) => name === "refused" || name === "try again")).toHaveLength(1);
		expect(gateway.messages.rows.size).toBe(40);
		expect(new Set(sentIds(gateway)).size).toBe(40);
	});
});

describe("accepting a tolerant batch again", () => {
	it("queues no message as first again, though the first attempt could not write the batch row (A28)", async () => {
		const gateway = aGateway();
		const [account, batch] = [anAccount(), aBatch(requests(60))];
		await acceptBatch({ ...gateway, batches: { ...gateway.batches, put: broken } }, account, batch).catch(
			() => undefined,
		);

		const outcome = await acceptBatch(gateway, account, batch);
		await acceptBatch(gateway, account, batch);

		expect(outcome.kind).toBe("accepted");
		const kinds = Object.groupBy(gateway.lanes.sent, ({ kind }) => kind);
		expect([kinds.first?.length, kinds.again?.length]).toEqual([3, 3]);
	});

	it("takes back only what its lane certainly refused, so that the retry sends that at once", async () => {
		const gateway = aGateway();
		const [account, batch] = [anAccount(), aBatch([aRequest(), aRequest({ priority: 2 })])];
		const lanes: Lanes = {
			...gateway.lanes,
			sendFirst: async (sendJobs, delaySeconds) => {
				await gateway.lanes.sendFirst(
					sendJobs.filter(({ priority }) => priority === 0),
					delaySeconds,
				);
				return sendJobs.map(({ priority }) => (priority === 0 ? "queued" : "refused"));
			},
		};
		await acceptBatch({ ...gateway, lanes }, account, batch).catch(() => undefined);
		const stored = gateway.messages.rows.size;

		const outcome = await acceptBatch(gateway, account, batch);

		expect([stored, outcome.kind]).toEqual([1, "accepted"]);
		expect(gateway.lanes.sent.map(({ kind, sendJob }) => [kind, sendJob.priority])).toEqual([
			["first", 0],
			["first", 2],
			["again", 0],
		]);
	});
});
