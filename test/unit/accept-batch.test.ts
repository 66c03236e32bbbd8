import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { BatchItem, BatchRequest } from "#shared/domain/batch.ts";
import type { MessageRequest } from "#shared/domain/message-request.ts";
import { Refusal } from "#shared/domain/refusal.ts";
import type { MessageStore } from "#shared/ports.ts";
import { acceptBatch } from "#shared/usecases/accept-batch.ts";
import { anAccount, aRequest, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";

function aBatch(items: readonly BatchItem[], failFast = false): BatchRequest {
	return { failFast, items, body: JSON.stringify(items) };
}

const aRefused = (code: "11" | "10" = "11"): BatchItem => ({
	refusal: new Refusal(code, { field: "recipient" }),
	clientMessageId: randomUUID(),
	recipient: "123",
	sender: "SMSGW",
	text: "тест",
});

const requests = (count: number) => Array.from({ length: count }, () => aRequest());

const aBlocked = (recipient: string) => ({ recipient, portedTo: null, porting: false, blocked: true });

const dayMs = 24 * 3_600_000;

const sentIds = (gateway: ReturnType<typeof aGateway>) =>
	gateway.lanes.sent.flatMap(({ parcel }) => parcel.messageIds).sort((one, other) => one - other);

const broken = async () => {
	throw new Error("away");
};

describe("accepting a batch", () => {
	it("costs an insert for each 25 messages, and packs them into parcels of 25", async () => {
		const gateway = aGateway();

		await acceptBatch(gateway, anAccount(), aBatch(requests(200)));

		expect(gateway.lanes.sent).toHaveLength(8);
		expect(gateway.messages.rows.size).toBe(200);
	});

	it("goes on with what it had stored when it died, though that would be refused by now (A28)", async () => {
		const gateway = aGateway();
		const [account, batch] = [anAccount(), aBatch(requests(3))];
		await acceptBatch({ ...gateway, lanes: { send: broken } }, account, batch).catch(() => undefined);
		for (const { recipient } of batch.items) {
			gateway.numbers.rows.set(recipient, aBlocked(recipient));
		}

		await acceptBatch(gateway, account, batch);

		expect([...gateway.messages.rows.values()].map(({ status }) => status)).toEqual(["NEW", "NEW", "NEW"]);
		expect(sentIds(gateway)).toHaveLength(3);
	});

	it.each([false, true])(
		"is known as long as any of its messages is kept, retried or not (fail-fast: %s, A50)",
		async (failFast) => {
			const gateway = { ...aGateway(mondayAtEleven), retentionMs: dayMs };
			const account = anAccount();
			const whole = aBatch([aRequest(), aRequest({ schedule: mondayAtEleven + 9.5 * dayMs })], failFast);
			const died = aBatch([aRequest({ schedule: mondayAtEleven + 9.5 * dayMs }), aRequest()], failFast);

			await acceptBatch(gateway, account, whole);
			await acceptBatch({ ...gateway, lanes: { send: broken } }, account, died).catch(() => undefined);
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

	it("names its messages in the order in which they were sent, in a retry as well", async () => {
		const gateway = aGateway();
		const [account, batch] = [anAccount(), aBatch(requests(30), true)];
		await acceptBatch({ ...gateway, lanes: { send: broken } }, account, batch).catch(() => undefined);
		gateway.now.advance(5 * 60_000);
		for (const { recipient } of batch.items) gateway.numbers.rows.set(recipient, aBlocked(recipient));

		await acceptBatch(gateway, account, batch);

		const [row] = [...gateway.batches.rows.values()];
		const ids = row?.messageIds.map((id) => gateway.messages.rows.get(id)?.clientMessageId);
		expect(ids).toEqual(batch.items.map(({ clientMessageId }) => clientMessageId));
	});

	it("writes its row last, when all of its messages have a holder", async () => {
		const gateway = aGateway();

		const accepting = acceptBatch({ ...gateway, lanes: { send: broken } }, anAccount(), aBatch(requests(3)));

		await expect(accepting).rejects.toThrow("away");
		expect(gateway.batches.rows.size).toBe(0);
	});

	it.each([false, true])("that died before its lanes is resumed by its retry (fail-fast: %s)", async (failFast) => {
		const gateway = aGateway();
		const account = anAccount();
		const batch = aBatch(requests(30), failFast);
		await acceptBatch({ ...gateway, lanes: { send: broken } }, account, batch).catch(() => undefined);

		const outcome = await acceptBatch(gateway, account, batch);

		expect(outcome.kind).toBe("accepted");
		expect(gateway.messages.rows.size).toBe(30);
		expect(sentIds(gateway)).toEqual([...gateway.messages.rows.keys()].sort((one, other) => one - other));
	});

	it("that died with bad messages in it reports each of them under one id, however often it is tried", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const batch = aBatch([aRequest(), aRefused(), aRefused("10")]);
		await acceptBatch({ ...gateway, batches: { ...gateway.batches, put: broken } }, account, batch).catch(
			() => undefined,
		);

		await acceptBatch(gateway, account, batch);

		expect(gateway.messages.rows.size).toBe(3);
		const [first, second] = gateway.reports.sent;
		expect(second).toEqual(first);
	});

	it("is another batch when one word of it differs, whose messages are duplicates then (A26, A28)", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const request = aRequest();
		await acceptBatch(gateway, account, aBatch([request]));

		await acceptBatch(gateway, account, aBatch([{ ...request, text: "другой" }]));

		const codes = [...gateway.messages.rows.values()].map(({ errorCode }) => errorCode);
		expect(codes).toEqual([null, "23"]);
		expect(sentIds(gateway)).toHaveLength(1);
	});

	it("packs the reports of what is refused by a hundred", async () => {
		const gateway = aGateway();

		await acceptBatch(gateway, anAccount(), aBatch(Array.from({ length: 250 }, () => aRefused())));

		expect(gateway.reports.sent.map(({ messageIds }) => messageIds.length)).toEqual([100, 100, 50]);
	});
});

describe("accepting a fail-fast batch", () => {
	it("takes its own rows back when a duplicate shows late, and nobody else's (R27)", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const shared = aRequest();
		/* Somebody else's insert comes between our look and our insert. */
		const messages: MessageStore = {
			...gateway.messages,
			async insert(rows) {
				const [first] = rows.filter(({ clientMessageId }) => clientMessageId === shared.clientMessageId);
				if (first !== undefined) await gateway.messages.insert([{ ...first, attempt: "theirs", batchId: null }]);
				return await gateway.messages.insert(rows);
			},
		};

		const outcome = await acceptBatch({ ...gateway, messages }, account, aBatch([...requests(40), shared], true));

		expect(outcome).toMatchObject({
			kind: "refused",
			refusal: { code: "23", field: "messages[40].client_message_id" },
		});
		expect([...gateway.messages.rows.values()].map(({ attempt }) => attempt)).toEqual(["theirs"]);
		expect(gateway.lanes.sent).toEqual([]);
	});

	it.each([
		["30", 59_000, 3],
		["23", 61_000, 1],
	])(
		"that died before its lanes and is refused with %s when it is tried again after %i ms leaves %i rows (R27)",
		async (code, afterMs, left) => {
			const gateway = aGateway();
			const [account, items] = [anAccount(), requests(3)];
			const [first] = items as [MessageRequest, ...MessageRequest[]];
			await acceptBatch({ ...gateway, lanes: { send: broken } }, account, aBatch(items, true)).catch(() => undefined);
			gateway.now.advance(afterMs);
			if (code === "30") gateway.numbers.rows.set(first.recipient, aBlocked(first.recipient));
			else {
				const row = [...gateway.messages.rows.values()].find((one) => one.clientMessageId === first.clientMessageId);
				await gateway.messages.takeBack(row ? [row] : []);
				await acceptBatch(gateway, account, aBatch([first]));
			}

			const outcome = await acceptBatch(gateway, account, aBatch(items, true));

			expect(outcome).toMatchObject({ kind: "refused", refusal: { code } });
			expect(gateway.messages.rows.size).toBe(left);
		},
	);

	it("that died when all of it stood is finished when it is tried again, though it would be refused by now (R27)", async () => {
		const gateway = aGateway();
		const [account, items] = [anAccount(), requests(3)];
		const batch = aBatch(items, true);
		await acceptBatch({ ...gateway, batches: { ...gateway.batches, put: broken } }, account, batch).catch(
			() => undefined,
		);
		const before = sentIds(gateway);
		gateway.now.advance(61_000);
		for (const { recipient } of items) gateway.numbers.rows.set(recipient, aBlocked(recipient));

		const outcome = await acceptBatch(gateway, account, aBatch(items, true));

		expect(outcome).toMatchObject({ kind: "accepted" });
		expect(before).toHaveLength(3);
		expect([...gateway.messages.rows.keys()].sort((one, other) => one - other)).toEqual(before);
	});

	it("one of two that race for the same messages is taken, and the other leaves nothing (R27)", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const shared = requests(30);
		const [one, other] = [requests(10), requests(10)];
		const turns = { ...gateway, pause: async () => await new Promise<void>((resolve) => setImmediate(resolve)) };

		const outcomes = await Promise.all([
			acceptBatch(turns, account, aBatch([...one, ...shared], true)),
			acceptBatch(turns, account, aBatch([...shared, ...other], true)),
		]);

		expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["accepted", "refused"]);
		expect(gateway.messages.rows.size).toBe(40);
		expect(sentIds(gateway)).toHaveLength(40);
	});
});
