import { describe, expect, it } from "vitest";
import type { MessageRequest } from "#shared/domain/accept/message-request.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { messageIdOf } from "#shared/domain/message/message-id.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import type { Lanes } from "#shared/usecases/accept/lanes.ts";
import { aMessage, anAccount, aRequest } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { refusingLanes, unansweredLanes } from "#test/fakes/memory-stores.ts";

const minute = 60_000;
const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;

const broken = (): never => {
	throw new Error("the table is unavailable");
};

/** Its process dies at its first send: the call never returns. */
const dyingLanes: Lanes = { ...refusingLanes, sendFirst: async () => await new Promise<never>(() => undefined) };

describe("accepting messages", () => {
	it("writes the message before it queues it", async () => {
		const gateway = aGateway();
		const found: boolean[] = [];
		const lanes: Lanes = {
			...gateway.lanes,
			sendFirst: async (sendJobs) => {
				for (const { messageIds } of sendJobs) found.push(messageIds.every((id) => gateway.messages.rows.has(id)));
				return sendJobs.map(() => "queued");
			},
		};

		await acceptMessages({ ...gateway, lanes }, anAccount(), [aRequest()]);

		expect(found).toEqual([true]);
	});

	it("queues nothing when the write fails", async () => {
		const gateway = aGateway();

		const accepting = acceptMessages({ ...gateway, messages: { ...gateway.messages, insert: broken } }, anAccount(), [
			aRequest(),
		]);

		await expect(accepting).rejects.toThrow("unavailable");
		expect([gateway.lanes.sent, gateway.slots.kept]).toEqual([[], []]);
	});

	it("accepts nothing when it cannot queue", async () => {
		const gateway = aGateway();

		const accepting = acceptMessages({ ...gateway, lanes: refusingLanes }, anAccount(), [aRequest()]);

		await expect(accepting).rejects.toThrow("do not take");
	});

	it("stores nothing when its lane certainly refused the message, so the client's retry is a first attempt again", async () => {
		const gateway = aGateway();
		const [account, request] = [anAccount(), aRequest()];
		await acceptMessages({ ...gateway, lanes: refusingLanes }, account, [request]).catch(() => undefined);
		const stored = gateway.messages.rows.size;

		const [outcome] = await acceptMessages(gateway, account, [request]);

		expect([stored, outcome?.kind]).toEqual([0, "accepted"]);
		expect(gateway.lanes.sent).toMatchObject([{ kind: "first", delaySeconds: 0 }]);
	});

	it("keeps the row when the outcome of the send is unknown, and the retry queues it again (A28)", async () => {
		const gateway = aGateway();
		const [account, request] = [anAccount(), aRequest()];
		const failing = { ...gateway, lanes: unansweredLanes, slots: { ...gateway.slots, put: broken } };
		await acceptMessages(failing, account, [request]).catch(() => undefined);
		const stored = gateway.messages.rows.size;

		const [outcome] = await acceptMessages(gateway, account, [request]);

		expect([stored, outcome?.kind]).toEqual([1, "duplicate"]);
		expect(gateway.lanes.sent).toMatchObject([{ kind: "again" }]);
	});

	it("accepts a message whose first send got no response and whose second was queued", async () => {
		const gateway = aGateway();
		const lanes = { ...gateway.lanes, sendFirst: unansweredLanes.sendFirst };

		const [outcome] = await acceptMessages({ ...gateway, lanes }, anAccount(), [aRequest()]);

		expect(outcome?.kind).toBe("accepted");
		expect(gateway.lanes.sent).toMatchObject([{ kind: "again", delaySeconds: 0 }]);
	});

	it("takes back what it may have inserted when the insert got no answer", async () => {
		const gateway = aGateway();
		const messages = {
			...gateway.messages,
			insert: async (rows: Parameters<typeof gateway.messages.insert>[0]) => {
				await gateway.messages.insert(rows);
				return broken();
			},
		};

		await acceptMessages({ ...gateway, messages }, anAccount(), [aRequest()]).catch(() => undefined);

		expect(gateway.messages.rows.size).toBe(0);
	});

	it.each(["refuse", "replay"] as const)(
		"gives a message its holder before a retry is answered, though the first attempt is still running (A28, %s)",
		async (duplicates) => {
			const gateway = aGateway();
			const [account, request] = [anAccount({ duplicates }), aRequest()];
			void acceptMessages({ ...gateway, lanes: dyingLanes }, account, [request]);
			await expect.poll(() => gateway.messages.rows.size).toBe(1);

			const [outcome] = await acceptMessages(gateway, account, [request]);

			expect(outcome).toMatchObject({ kind: "duplicate", same: true });
			expect(gateway.lanes.sent).toMatchObject([{ kind: "again", delaySeconds: 0 }]);
		},
	);

	it("keeps the row when the first attempt fails after a retry was answered (A28)", async () => {
		const gateway = aGateway();
		const [account, request] = [anAccount(), aRequest()];
		const sent = Promise.withResolvers<readonly "refused"[]>();
		const first = acceptMessages(
			{ ...gateway, lanes: { ...gateway.lanes, sendFirst: async () => await sent.promise } },
			account,
			[request],
		).catch(() => undefined);
		await expect.poll(() => gateway.messages.rows.size).toBe(1);
		await acceptMessages(gateway, account, [request]);

		sent.resolve(["refused"]);
		await first;

		expect(gateway.messages.rows.size).toBe(1);
	});

	it("stores the message again when the first attempt took it back in the meantime", async () => {
		const gateway = aGateway();
		const [account, request] = [anAccount(), aRequest()];
		void acceptMessages({ ...gateway, lanes: dyingLanes }, account, [request]);
		await expect.poll(() => gateway.messages.rows.size).toBe(1);
		const lanes: Lanes = {
			...gateway.lanes,
			send: async (...args) => {
				await gateway.messages.undoInsert([...gateway.messages.rows.values()]);
				await gateway.lanes.send(...args);
			},
		};

		const [outcome] = await acceptMessages({ ...gateway, lanes }, account, [request]);

		expect(outcome?.kind).toBe("accepted");
		expect(gateway.lanes.sent.map(({ kind }) => kind)).toEqual(["again", "first"]);
	});

	it("gives each message the first id of its series, and its lane one send job (R7)", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const requests = [aRequest({ priority: 2 }), aRequest({ priority: 2 })];

		const outcomes = await acceptMessages(gateway, account, requests);

		const ids = requests.map(({ clientMessageId }) => messageIdOf(gateway.idKey, account.userName, clientMessageId, 0));
		expect(outcomes).toEqual(ids.map((messageId) => ({ kind: "accepted", messageId, shortenedTo: null })));
		expect(gateway.lanes.sent).toEqual([
			{
				sendJob: { userName: account.userName, operator: "kcell", priority: 2, messageIds: ids },
				kind: "first",
				delaySeconds: 0,
			},
		]);
	});

	it("recognises a repeated client_message_id, and queues its message once more as again (R14, A28, code 23)", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const request = aRequest();
		const [first] = await acceptMessages(gateway, account, [request]);

		const [second] = await acceptMessages(gateway, account, [{ ...request, text: "another" }]);
		await acceptMessages(gateway, account, [request]);

		expect(second).toMatchObject({ ...first, kind: "duplicate" });
		expect(gateway.lanes.sent.map(({ kind }) => kind)).toEqual(["first", "again"]);
		expect([...gateway.messages.rows.values()].map(({ text }) => text)).toEqual([request.text]);
	});

	it("accepts the same client_message_id from two accounts", async () => {
		const gateway = aGateway();
		const request = aRequest();

		const [first] = await acceptMessages(gateway, anAccount(), [request]);
		const [second] = await acceptMessages(gateway, anAccount(), [request]);

		expect([first?.kind, second?.kind]).toEqual(["accepted", "accepted"]);
	});

	it("recognises a retry after its schedule has passed, and queues a message without a holder (A28, code 23)", async () => {
		const gateway = aGateway(at("2026-11-23 09:10:00"));
		const request = aRequest({ schedule: instantFromAlmatyText("2026-11-23 09:30:00") });
		const [account, slots] = [anAccount(), { ...gateway.slots, put: () => new Promise<void>(() => undefined) }];
		void acceptMessages({ ...gateway, slots }, account, [request]);
		await expect.poll(() => gateway.messages.rows.size).toBe(1);
		gateway.now.advance(25 * minute);

		const [outcome] = await acceptMessages(gateway, account, [request]);

		const [messageId] = gateway.messages.rows.keys();
		expect(outcome).toMatchObject({ kind: "duplicate", messageId, same: true });
		expect(gateway.lanes.sent.map(({ sendJob }) => sendJob.messageIds)).toEqual([[messageId]]);
	});

	it("recognises a retry after its number was blocked, and distinguishes it from another message (A28, code 23)", async () => {
		const gateway = aGateway();
		const [account, request] = [anAccount(), aRequest()];
		const [first] = await acceptMessages(gateway, account, [request]);
		const { recipient } = request;
		gateway.numbers.rows.set(recipient, { recipient, portedTo: null, porting: false, blocked: true });

		const [again] = await acceptMessages(gateway, account, [request]);
		const [other] = await acceptMessages(gateway, account, [{ ...request, text: "другой" }]);
		const [fresh] = await acceptMessages(gateway, account, [aRequest()]);

		expect(again).toEqual({ ...first, kind: "duplicate", same: true });
		expect(other).toEqual({ ...first, kind: "duplicate", same: false });
		expect(fresh).toMatchObject({ kind: "refused", refusal: { code: "30" } });
	});

	it("does not queue a duplicate that was submitted or has ended, however old", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const request = aRequest();
		const [first] = await acceptMessages(gateway, account, [request]);
		const row = gateway.messages.rows.get(first?.kind === "accepted" ? first.messageId : 0);
		gateway.messages.rows.set(row?.messageId ?? 0, { ...(row ?? aMessage()), status: "SENT", revision: 1 });
		gateway.now.advance(60 * minute);

		await acceptMessages(gateway, account, [request]);

		expect(gateway.lanes.sent).toHaveLength(1);
	});

	it("uses the next id of the series when another client's message has the same hash", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const request = aRequest();
		const id = (place: number) => messageIdOf(gateway.idKey, account.userName, request.clientMessageId, place);
		const others = [aMessage({ messageId: id(0) }), aMessage({ messageId: id(1), userName: account.userName })];
		await gateway.messages.insert(others);

		const [first] = await acceptMessages(gateway, account, [request]);
		const [again] = await acceptMessages(gateway, account, [request]);

		expect(first).toMatchObject({ kind: "accepted", messageId: id(2) });
		expect(again).toMatchObject({ kind: "duplicate", messageId: id(2) });
		expect(gateway.messages.rows.get(id(0))).toEqual(others[0]);
	});

	it("keeps the order of the requests when one of their ids collides", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const requests = [aRequest(), aRequest({ sender: "NOBODY" }), aRequest(), aRequest()];
		const id = (index: number, place: number) =>
			messageIdOf(gateway.idKey, account.userName, requests[index]?.clientMessageId ?? "", place);
		await gateway.messages.insert([aMessage({ messageId: id(0, 0) })]);

		const outcomes = await acceptMessages(gateway, account, requests);

		expect(outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.refusal.code : outcome.messageId))).toEqual([
			id(0, 1),
			"10",
			id(2, 0),
			id(3, 0),
		]);
	});

	it("fails when all ids of the series are taken", async () => {
		const gateway = aGateway();
		const account = anAccount();
		const request = aRequest();
		const ids = [0, 1, 2, 3].map((place) =>
			messageIdOf(gateway.idKey, account.userName, request.clientMessageId, place),
		);
		await gateway.messages.insert(ids.map((messageId) => aMessage({ messageId })));

		await expect(acceptMessages(gateway, account, [request])).rejects.toThrow("no id is free");
	});

	it("stores and queues nothing of a refused message", async () => {
		const gateway = aGateway();

		const [outcome] = await acceptMessages(gateway, anAccount(), [aRequest({ sender: "NOBODY" })]);

		expect(outcome).toMatchObject({ kind: "refused", refusal: { code: "10" } });
		expect([gateway.messages.rows.size, gateway.lanes.sent, gateway.reports.sent]).toEqual([0, [], []]);
	});

	it("accepts a message that expires before its window opens, ends it at once and reports it (A19)", async () => {
		const gateway = aGateway(at("2026-11-24 18:00:00"));
		const account = anAccount();
		const expiresAt = instantFromAlmatyText("2026-11-25 08:00:00");

		const [outcome] = await acceptMessages(gateway, account, [aRequest({ timeBounds: "def", expiresAt })]);

		expect(outcome?.kind).toBe("accepted");
		const [row] = gateway.messages.rows.values();
		expect(row).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		expect(gateway.reports.sent).toEqual([
			{ reportBatchId: row?.reportBatchId, userName: account.userName, messageIds: [row?.messageId] },
		]);
		expect([gateway.lanes.sent, gateway.slots.kept]).toEqual([[], []]);
	});

	it("parks a message that waits for its window or schedule in a slot, and queues it in no lane (A15)", async () => {
		const gateway = aGateway(at("2026-11-24 18:00:00"));
		const schedule = instantFromAlmatyText("2026-11-24 20:00:00");

		await acceptMessages(gateway, anAccount(), [aRequest({ timeBounds: "def" }), aRequest({ schedule })]);

		expect(gateway.lanes.sent).toEqual([]);
		expect(gateway.slots.kept.map(({ slot }) => slot)).toEqual([
			instantFromAlmatyText("2026-11-25 09:00:00"),
			schedule,
		]);
	});

	it("parks a message that a crashed request stored but did not park (A28)", async () => {
		const gateway = aGateway(at("2026-11-24 18:00:00"));
		const account = anAccount();
		const request = aRequest({ timeBounds: "def" });
		const slots = { ...gateway.slots, put: broken };
		await acceptMessages({ ...gateway, slots }, account, [request]).catch(() => undefined);
		gateway.now.advance(2 * minute);

		await acceptMessages(gateway, account, [request]);

		expect(gateway.slots.kept).toHaveLength(1);
	});

	it("parks a parked message in the same row, however often the request is repeated", async () => {
		const gateway = aGateway(at("2026-11-24 18:00:00"));
		const account = anAccount();
		const request = aRequest({ timeBounds: "def" });
		await acceptMessages(gateway, account, [request]);
		gateway.now.advance(60 * minute);

		await acceptMessages(gateway, account, [request]);
		await acceptMessages(gateway, account, [request]);

		expect(gateway.slots.kept).toHaveLength(1);
	});

	it("answers neither 23 nor 201 for a row of a fail-fast batch that is not committed yet (R27)", async () => {
		const gateway = aGateway();
		const [account, request] = [anAccount(), aRequest()];
		await insertRowOfFailFastBatch(gateway, account, request);

		await expect(acceptMessages(gateway, account, [request])).rejects.toThrow("in a batch");

		expect([...gateway.messages.rows.values()].map(({ isFailFast }) => isFailFast)).toEqual([true]);
	});

	it("replaces a row whose fail-fast batch died before its commit (R27)", async () => {
		const gateway = aGateway();
		const [account, request] = [anAccount(), aRequest()];
		await insertRowOfFailFastBatch(gateway, account, request);
		gateway.now.advance(61_000);

		const [outcome] = await acceptMessages(gateway, account, [request]);

		expect(outcome?.kind).toBe("accepted");
		expect([...gateway.messages.rows.values()].map(({ isFailFast }) => isFailFast)).toEqual([false]);
		expect([...gateway.batches.rows.values()].map(({ state }) => state)).toEqual(["aborted"]);
	});

	it("reports a duplicate of a row whose fail-fast batch is committed, and leaves that row (R27, A28)", async () => {
		const gateway = aGateway();
		const [account, request] = [anAccount(), aRequest()];
		await insertRowOfFailFastBatch(gateway, account, request);
		const [{ userName, messageId, acceptedAt, keepUntil } = aMessage()] = gateway.messages.rows.values();
		const own = { batchId: 77, userName, messageIds: [messageId], acceptedAt, keepUntil };
		await gateway.batches.put({ ...own, isFailFast: true, state: "committed", attempt: "theirs" });
		gateway.now.advance(61_000);

		const [outcome] = await acceptMessages(gateway, account, [request]);

		expect(outcome?.kind).toBe("duplicate");
		expect([...gateway.messages.rows.values()].map(({ isFailFast, attempt }) => [isFailFast, attempt])).toEqual([
			[true, "theirs"],
		]);
		expect([...gateway.batches.rows.values()].map(({ state }) => state)).toEqual(["committed"]);
	});
});

async function insertRowOfFailFastBatch(
	gateway: ReturnType<typeof aGateway>,
	{ userName }: Account,
	{ clientMessageId }: MessageRequest,
): Promise<void> {
	const messageId = messageIdOf(gateway.idKey, userName, clientMessageId, 0);
	const acceptedAt = gateway.now();
	await gateway.messages.insert([
		aMessage({ messageId, userName, clientMessageId, acceptedAt, isFailFast: true, batchId: 77, attempt: "theirs" }),
	]);
}
