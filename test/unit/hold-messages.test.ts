import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { ensureHeld, holdInserted } from "#shared/usecases/accept/hold-messages.ts";
import type { Lanes } from "#shared/usecases/accept/lanes.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import { refusingLanes, unansweredLanes } from "#test/fakes/memory-stores.ts";

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;
const far = at("2027-01-01 00:00:00");
const now = at("2026-11-24 08:50:00");

const failing = async () => await Promise.reject(new Error("the table is unavailable"));

const revisions = (gateway: { messages: { rows: ReadonlyMap<number, Message> } }) =>
	[...gateway.messages.rows.values()].map(({ revision }) => revision);

describe("giving newly stored messages a holder", () => {
	it("uses a lane, a delayed lane, a slot or a report", async () => {
		const messages = [
			aMessage({ messageId: 1, expiresAt: far }),
			aMessage({ messageId: 2, expiresAt: far, timeBounds: "def" }),
			aMessage({ messageId: 3, expiresAt: far, schedule: at("2026-11-24 10:00:00") }),
			aMessage({ messageId: 4, status: "EXPIRED", reportBatchId: "p", userName: "demo" }),
		];
		const gateway = await aGatewayWith(messages, now);

		const outcomes = await holdInserted(gateway, messages, now);

		expect([...outcomes.values()]).toEqual(["held", "held", "held", "held"]);
		expect(
			gateway.lanes.sent.map(({ sendJob, kind, delaySeconds }) => [sendJob.messageIds, kind, delaySeconds]),
		).toEqual([
			[[1], "first", 0],
			[[2], "first", 600],
		]);
		expect(gateway.slots.kept.map(({ slot, action }) => [slot, action])).toEqual([
			[at("2026-11-24 10:00:00"), expect.objectContaining({ sendJob: expect.objectContaining({ messageIds: [3] }) })],
		]);
		expect(gateway.reports.sent).toEqual([{ reportBatchId: "p", userName: "demo", messageIds: [4] }]);
		expect(revisions(gateway)).toEqual([0, 0, 0, 0]);
	});

	it("counts those that have one as accepted, and what ended at once by its code", async () => {
		const [kept, refused] = [
			aMessage({ operator: "kcell", expiresAt: far }),
			aMessage({ operator: "tele2", expiresAt: far }),
		];
		const ended = aMessage({ status: "UNDELIVERABLE", errorCode: "11", operator: null, reportBatchId: "p" });
		const gateway = await aGatewayWith([kept, refused, ended], now);
		const lanes: Lanes = {
			...gateway.lanes,
			sendFirst: async (jobs) => jobs.map(({ operator }) => (operator === "kcell" ? "queued" : "refused")),
		};

		await holdInserted({ ...gateway, lanes }, [kept, refused, ended], now);

		expect(gateway.counter.entries.map(({ measure, operator }) => [measure, operator])).toEqual([
			["accepted", "kcell"],
			["UNDELIVERABLE:11", null],
			["owed", null],
		]);
	});

	it("puts 60 messages of one lane into three entries", async () => {
		const messages = Array.from({ length: 60 }, () => aMessage({ expiresAt: far }));
		const gateway = await aGatewayWith(messages, now);

		await holdInserted(gateway, messages, now);

		expect(gateway.lanes.sent.map(({ sendJob }) => sendJob.messageIds.length)).toEqual([25, 25, 10]);
	});

	it("reports each message separately that its lane certainly refused", async () => {
		const [kept, refused] = [aMessage({ expiresAt: far }), aMessage({ expiresAt: far, priority: 2 })];
		const gateway = await aGatewayWith([kept, refused], now);
		const lanes = {
			...gateway.lanes,
			sendFirst: async (sendJobs: readonly { priority: number }[]) =>
				sendJobs.map(({ priority }) => (priority === 2 ? ("refused" as const) : ("queued" as const))),
		};

		const outcomes = await holdInserted({ ...gateway, lanes }, [kept, refused], now);

		expect([outcomes.get(kept.messageId), outcomes.get(refused.messageId)]).toEqual(["held", "refused"]);
		expect(revisions(gateway)).toEqual([0, 0]);
	});

	it("sends a message as again when its lane may have taken it, and then no attempt takes it back", async () => {
		const message = aMessage({ expiresAt: far });
		const gateway = await aGatewayWith([message], now);
		const lanes = { ...gateway.lanes, sendFirst: unansweredLanes.sendFirst };

		const outcomes = await holdInserted({ ...gateway, lanes }, [message], now);

		expect([...outcomes.values()]).toEqual(["held"]);
		expect(gateway.lanes.sent).toMatchObject([{ kind: "again", delaySeconds: 0 }]);
		expect(revisions(gateway)).toEqual([1]);
	});

	it("fails no message because of another message's lane", async () => {
		const [bulk, urgent] = [aMessage({ expiresAt: far }), aMessage({ expiresAt: far, priority: 3 })];
		const gateway = await aGatewayWith([bulk, urgent], now);
		const lanes = {
			sendFirst: unansweredLanes.sendFirst,
			send: async (...[sendJobs, ...rest]: Parameters<typeof gateway.lanes.send>) => {
				if (sendJobs.some(({ priority }) => priority === 3)) await failing();
				await gateway.lanes.send(sendJobs, ...rest);
			},
		};

		const outcomes = await holdInserted({ ...gateway, lanes }, [urgent, bulk], now);

		expect([outcomes.get(bulk.messageId), outcomes.get(urgent.messageId)]).toEqual(["held", "unknown"]);
	});

	it("parks a message that its lane may have taken in a slot while the queues do not answer", async () => {
		const message = aMessage({ expiresAt: far });
		const gateway = await aGatewayWith([message], now);

		const outcomes = await holdInserted({ ...gateway, lanes: unansweredLanes }, [message], now);

		expect([...outcomes.values()]).toEqual(["held"]);
		expect(gateway.slots.kept.map(({ slot }) => slot)).toEqual([at("2026-11-24 09:00:00")]);
		expect(revisions(gateway)).toEqual([1]);
	});

	it.each([
		["neither its lane nor a slot answers", { expiresAt: far }],
		["its slot does not answer", { expiresAt: far, schedule: at("2026-11-24 10:00:00") }],
	])("reports an unknown outcome when %s, and leaves the message as it is", async (_, parts) => {
		const message = aMessage(parts);
		const gateway = await aGatewayWith([message], now);
		const slots = { ...gateway.slots, put: failing };

		const outcomes = await holdInserted({ ...gateway, lanes: unansweredLanes, slots }, [message], now);

		expect([...outcomes.values()]).toEqual(["unknown"]);
		expect(revisions(gateway)).toEqual([0]);
	});

	it("reports an unknown outcome when the report queue does not answer", async () => {
		const message = aMessage({ status: "EXPIRED", reportBatchId: "p" });
		const gateway = await aGatewayWith([message], now);

		const outcomes = await holdInserted({ ...gateway, reports: { send: failing } }, [message], now);

		expect([...outcomes.values()]).toEqual(["unknown"]);
	});
});

describe("ensuring a holder for messages that another request stored", () => {
	it("gives an untouched message a holder first, and then a new revision", async () => {
		const message = aMessage({ expiresAt: far });
		const gateway = await aGatewayWith([message], now);
		const seen: number[][] = [];
		const messages = {
			...gateway.messages,
			change: async (changes: Parameters<typeof gateway.messages.change>[0]) => {
				seen.push(gateway.lanes.sent.flatMap(({ sendJob }) => sendJob.messageIds));
				return await gateway.messages.change(changes);
			},
		};

		const outcomes = await ensureHeld({ ...gateway, messages }, [message], now);

		expect([...outcomes.values()]).toEqual(["held"]);
		expect(seen).toEqual([[message.messageId]]);
		expect(gateway.lanes.sent).toMatchObject([{ kind: "again", delaySeconds: 0 }]);
	});

	it("leaves a message with a later revision alone: it had a holder then", async () => {
		const message = aMessage({ expiresAt: far, revision: 1 });
		const gateway = await aGatewayWith([message], now);

		const outcomes = await ensureHeld(gateway, [message], now);

		expect([...outcomes.values()]).toEqual(["held"]);
		expect([gateway.lanes.sent, revisions(gateway)]).toEqual([[], [1]]);
	});

	it("queues the report of a message that ended at once", async () => {
		const message = aMessage({ status: "UNDELIVERABLE", reportBatchId: "p" });
		const gateway = await aGatewayWith([message], now);

		await ensureHeld(gateway, [message], now);

		expect(gateway.reports.sent.map(({ reportBatchId }) => reportBatchId)).toEqual(["p"]);
		expect(revisions(gateway)).toEqual([1]);
	});

	it("reports a message that was taken back in the meantime", async () => {
		const message = aMessage({ expiresAt: far });
		const gateway = await aGatewayWith([], now);

		expect([...(await ensureHeld(gateway, [message], now)).values()]).toEqual(["gone"]);
	});

	it("gives a holder to a message that was taken back and stored again in the meantime", async () => {
		const message = aMessage({ expiresAt: far });
		const gateway = await aGatewayWith([{ ...message, attempt: "another" }], now);

		const outcomes = await ensureHeld(gateway, [message], now);

		expect([...outcomes.values()]).toEqual(["held"]);
		expect(revisions(gateway)).toEqual([1]);
		expect(gateway.lanes.sent).toHaveLength(2);
	});

	it.each<[string, Partial<Message>]>([
		["expires", { expiresAt: now + 50_000 }],
		["may not be sent any more", { expiresAt: far, timeBounds: "ad96" }],
	])("sends a message at once that %s before its later time: a copy is better than no message", async (_, parts) => {
		const late = parts.timeBounds === undefined ? now : at("2026-11-24 17:59:30");
		const message = aMessage(parts);
		const gateway = await aGatewayWith([message], late);

		await ensureHeld(gateway, [message], late);

		expect(gateway.lanes.sent).toMatchObject([{ kind: "again", delaySeconds: 0 }]);
	});

	it.each<[string, Partial<Message>]>([
		["expires before its slot", { expiresAt: at("2026-11-24 08:59:00") }],
		["expires before a sweep would find its slot", { expiresAt: at("2026-11-24 09:09:00") }],
		["may not be sent at its slot", { expiresAt: far, timeBounds: "ad96" }],
		["is urgent", { expiresAt: far, priority: 2 }],
	])("fails for a message that %s, while the queues do not answer", async (_, parts) => {
		const now = parts.timeBounds === undefined ? at("2026-11-24 08:50:00") : at("2026-11-24 17:46:00");
		const message = aMessage(parts);
		const gateway = await aGatewayWith([message], now);

		await expect(ensureHeld({ ...gateway, lanes: refusingLanes }, [message], now)).rejects.toThrow("the queue is");

		expect([gateway.slots.kept, revisions(gateway)]).toEqual([[], [0]]);
	});

	it("puts a message that waits for its slot into no lane", async () => {
		const message = aMessage({ messageId: 1, expiresAt: far, schedule: at("2026-11-24 10:00:00") });
		const gateway = await aGatewayWith([message], now);

		await ensureHeld(gateway, [message], now);

		expect([gateway.lanes.sent, gateway.slots.kept.length]).toEqual([[], 1]);
	});

	it("fails when neither lane nor slot takes a message, and leaves it as it is", async () => {
		const message = aMessage({ expiresAt: far });
		const gateway = await aGatewayWith([message], now);
		const slots = { ...gateway.slots, put: failing };

		await expect(ensureHeld({ ...gateway, lanes: refusingLanes, slots }, [message], now)).rejects.toThrow(
			"unavailable",
		);

		expect(revisions(gateway)).toEqual([0]);
	});
});
