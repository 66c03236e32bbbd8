import { describe, expect, it } from "vitest";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import { countedLog } from "#shared/counted-log.ts";
import { partGroupKey } from "#shared/domain/incoming/mo-part.ts";
import { lanesOf } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { releaseRows, slotMs, watchRows } from "#shared/domain/schedule/slots.ts";
import type { HeldMessages } from "#shared/domain/send/lane-claims.ts";
import { acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import { receiveIncoming } from "#shared/usecases/incoming/receive-incoming.ts";
import { changeMessages } from "#shared/usecases/message/change-messages.ts";
import { readBatch } from "#shared/usecases/message/read-batch.ts";
import { readMessage } from "#shared/usecases/message/read-message.ts";
import { importNumbers } from "#shared/usecases/numbers/import-numbers.ts";
import { applyReceipts } from "#shared/usecases/receipts/apply-receipts.ts";
import { deliverReportBatch } from "#shared/usecases/reports/deliver-report-batch.ts";
import { readUnreported } from "#shared/usecases/reports/read-unreported.ts";
import { webhookBreakers } from "#shared/usecases/reports/webhook-breakers.ts";
import type { WebhookAnswer } from "#shared/usecases/reports/webhooks.ts";
import { checkShard } from "#shared/usecases/schedule/check-shard.ts";
import { sweepSlots } from "#shared/usecases/schedule/sweep-slots.ts";
import { endDeadLettered } from "#shared/usecases/send/end-dead-lettered.ts";
import { expireWaiting } from "#shared/usecases/send/expire-waiting.ts";
import { pickUpMessages, settleOthers } from "#shared/usecases/send/pick-up-messages.ts";
import { pickUpOutbound, recheckOutbound } from "#smpp/operators/pick-up-outbound.ts";
import {
	aMessage,
	anAccount,
	anIncomingMessage,
	anMoPart,
	aReceipt,
	aRequest,
	aSentMessage,
	aSubmittedSegment,
	mondayAtEleven,
} from "#test/fakes/builders.ts";
import { aGateway, aGatewayWith } from "#test/fakes/gateways.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
import { memoryIncoming, memoryIncomingQueue, memoryParts, memoryShortCodes } from "#test/fakes/memory-incoming.ts";
import { discardedMetrics, memoryMetrics } from "#test/fakes/memory-metrics.ts";
import {
	learntForms,
	memoryAccountQueues,
	memoryAccounts,
	memoryCircuitBreakers,
	memoryLog,
	memoryReceipts,
	memorySubmissions,
	memoryWebhookSecrets,
} from "#test/fakes/memory-stores.ts";

const held = (...messageIds: readonly number[]): HeldMessages => ({
	messageIds,
	...{ entryId: "entry", kind: "first", redelivered: false },
});

const idOf = ({ messageId }: Message) => messageId;
const idsIn = (reports: { readonly sent: readonly { readonly messageIds: readonly number[] }[] }) =>
	reports.sent.flatMap(({ messageIds }) => messageIds);

/** A gateway with messages of which the last cannot be read. */
async function aGatewayWithBad(messages: readonly Message[], at?: number) {
	const gateway = await aGatewayWith(messages, at);
	const bad = messages.at(-1);
	if (bad !== undefined) gateway.messages.unreadable.add(bad.messageId);
	return gateway;
}

/** A store whose message becomes unreadable when it is changed, because a newer version wrote it first. */
function unreadableOnChange<Store extends { readonly unreadable: Set<number>; change: (changes: never) => unknown }>(
	store: Store,
	{ messageId }: Message,
): Store {
	const change = async (changes: never) => {
		store.unreadable.add(messageId);
		return await store.change(changes);
	};
	return { ...store, change };
}

it("unreadable rows are counted, for each table", () => {
	const metrics = memoryMetrics();
	const log = countedLog(memoryLog(), metrics);

	log.error("message.unreadable", { message_id: 1, reason: "" });
	log.error("row.unreadable", { table: "slots", key: "", reason: "" });

	expect(metrics.counted).toEqual({ UnreadableRows: 2 });
});

describe("a lane entry whose message cannot be read", () => {
	const lane = lanesOf("kcell")[0] ?? expect.fail("no lane");
	const sendJobOf = (...messages: readonly Message[]) => ({
		userName: "demo",
		operator: lane.operator,
		priority: lane.priority,
		messageIds: messages.map(idOf),
	});
	function recordingEntries(handled: string[]) {
		const as = (how: string) => (handle: string) => void handled.push(`${how} ${handle}`);
		return {
			hold: () => undefined,
			isHeld: () => true,
			settle: as("settled"),
			giveBack: as("given back"),
			defer: as("left"),
			release: async () => undefined,
		};
	}
	const later = { expiresAt: mondayAtEleven + 3_600_000 };

	it("is deferred in its lane, and its neighbours are sent", async () => {
		const [good, bad] = [aMessage(later), aMessage(later)];
		const picking = await aGatewayWithBad([good, bad], mondayAtEleven);
		const handled: string[] = [];
		const entries = [
			{ sendJob: sendJobOf(good, bad), entryId: "both", kind: "first" as const, handle: "both", receives: 1 },
			{ sendJob: sendJobOf(bad), entryId: "bad", kind: "first" as const, handle: "bad", receives: 1 },
			{
				sendJob: { ...sendJobOf(), messageIds: [404] },
				entryId: "gone",
				kind: "first" as const,
				handle: "gone",
				receives: 1,
			},
		];

		const options = {
			lane,
			picking,
			held: recordingEntries(handled),
			busy: new Map(),
			style: defaultSubmitStyle,
			log: memoryLog(),
		};
		const outboundMessages = await pickUpOutbound({ ...options, ready: () => undefined }, entries);

		expect(outboundMessages).toBe(1);
		expect(handled.toSorted()).toEqual(["left bad", "left both", "settled gone"]);
	});

	it("is deferred in its lane when the message became unreadable between read and change", async () => {
		const [planned, late] = [
			aMessage({ ...later, schedule: mondayAtEleven, scheduleState: "N" }),
			aMessage({ expiresAt: 0 }),
		];
		const gateway = await aGatewayWith([planned, late], mondayAtEleven);
		const claiming = { ...gateway, messages: unreadableOnChange(gateway.messages, planned) };

		const picked = await pickUpMessages(claiming, [held(idOf(planned), idOf(late))]);
		const lost = await settleOthers(
			{ ...gateway, messages: unreadableOnChange(gateway.messages, late) },
			picked.others,
		);

		expect([picked.submit.size, picked.left, lost]).toEqual([
			0,
			new Map([[idOf(planned), 900]]),
			new Map([[idOf(late), 900]]),
		]);
	});

	it("is deferred when the message becomes unreadable before its recheck", async () => {
		const [good, bad, over] = [aMessage(later), aMessage(later), aMessage({ ...later, status: "SENT" })];
		const picking = await aGatewayWith([good, bad, over], mondayAtEleven);
		picking.messages.unreadable.add(idOf(bad));
		const outboundMessages = [good, bad, over].map(
			(message) => ({ message, entries: [{ entryId: "entry", kind: "first" }] }) as never,
		);
		const going: Message[] = [];

		const ends = await recheckOutbound(
			{ picking, log: memoryLog(), ready: (ready) => void going.push(...ready.map(({ message }) => message)) },
			outboundMessages,
		);

		expect(going.map(idOf)).toEqual([idOf(good)]);
		expect(ends.map(({ outbound, recheckSeconds }) => [idOf(outbound.message), recheckSeconds])).toEqual([
			[idOf(bad), 900],
			[idOf(over), undefined],
		]);
	});

	it("keeps waiting in a lane without a sender", async () => {
		const [late, bad] = [aMessage({ expiresAt: 0 }), aMessage({ expiresAt: 0 })];
		const gateway = await aGatewayWithBad([late, bad]);

		expect(await expireWaiting(gateway, [held(idOf(late), idOf(bad), 404)])).toEqual(new Set([idOf(bad)]));
		expect(idsIn(gateway.reports)).toEqual([idOf(late)]);
	});

	it("is kept when the message became unreadable just before it was to end", async () => {
		const late = aMessage({ expiresAt: 0 });
		const gateway = await aGatewayWith([late]);
		const ending = { ...gateway, messages: unreadableOnChange(gateway.messages, late) };

		expect(await expireWaiting(ending, [held(idOf(late))])).toEqual(new Set([idOf(late)]));
		gateway.messages.unreadable.clear();
		await expect(endDeadLettered(ending, [idOf(late)])).rejects.toThrow(`${idOf(late)} cannot be read`);
	});

	it("stays a dead letter, after its other messages have ended", async () => {
		const [good, bad] = [aMessage(), aMessage()];
		const gateway = await aGatewayWithBad([good, bad]);

		await expect(endDeadLettered(gateway, [idOf(good), idOf(bad)])).rejects.toThrow(`${idOf(bad)} cannot be read`);
		expect(idsIn(gateway.reports)).toEqual([idOf(good)]);
	});
});

describe("a shard of a slot", () => {
	const dueShard = { slot: mondayAtEleven, shard: 0 };
	const firstShard = () => 0;
	const sendJob = { userName: "demo", operator: "kcell", priority: 0, messageIds: [1] } as const;

	it("handles all its readable rows, and keeps the unreadable ones", async () => {
		const gateway = await aGatewayWith([], mondayAtEleven);
		const rows = releaseRows(Array(250).fill(sendJob), mondayAtEleven, Math.random).map((row) => ({
			...row,
			shard: 0,
		}));
		await gateway.slots.put(rows);
		const bad = rows.filter((_, index) => index % 5 < 3);
		for (const row of bad) gateway.slots.unreadable.add(row.id);

		await checkShard(gateway, dueShard);

		expect(gateway.lanes.sent).toHaveLength(100);
		expect(new Set(gateway.slots.kept)).toEqual(new Set(bad));
	});

	it("keeps the watch of unreadable messages, and of no others", async () => {
		const [silent, bad] = [aSentMessage(["a"]), aSentMessage(["b"])];
		const gateway = await aGatewayWithBad([silent, bad], mondayAtEleven);
		const due = { expiresAt: mondayAtEleven - 3_600_000 };
		const [row] = watchRows(
			[silent, bad].map(({ messageId }) => ({ messageId, ...due })),
			firstShard,
		);
		await gateway.slots.put(row ? [row] : []);

		await checkShard(gateway, dueShard);
		await checkShard(gateway, dueShard);

		expect(idsIn(gateway.reports)).toEqual([idOf(silent)]);
		expect(gateway.slots.kept).toEqual([{ ...row, action: { kind: "watch", messageIds: [idOf(bad)] } }]);

		gateway.messages.unreadable.clear();
		await checkShard(gateway, dueShard);

		expect([idsIn(gateway.reports), gateway.slots.kept]).toEqual([[idOf(silent), idOf(bad)], []]);
	});

	it("keeps the watch of a message that became unreadable just before it was to end", async () => {
		const silent = aSentMessage(["a"]);
		const gateway = await aGatewayWith([silent], mondayAtEleven);
		await gateway.slots.put(
			watchRows([{ messageId: idOf(silent), expiresAt: mondayAtEleven - 3_600_000 }], firstShard),
		);

		await checkShard({ ...gateway, messages: unreadableOnChange(gateway.messages, silent) }, dueShard);

		expect(gateway.slots.kept).toHaveLength(1);
	});

	it("is checked again by each sweep, and its slot stays listed, while it has unreadable rows", async () => {
		const gateway = await aGatewayWith([], mondayAtEleven);
		const [row] = releaseRows([sendJob], mondayAtEleven, firstShard);
		await gateway.slots.put(row ? [row] : []);
		gateway.slots.unreadable.add(row?.id ?? "");
		gateway.now.advance(slotMs);

		for (let sweeps = 0; sweeps < 2; sweeps += 1) {
			await sweepSlots(gateway);
			for (const one of gateway.dueShards.sent.slice(sweeps)) await checkShard(gateway, one);
		}

		expect(gateway.dueShards.sent).toEqual([dueShard, dueShard]);
		expect(await gateway.slots.due(gateway.now())).toEqual([mondayAtEleven]);
	});
});

describe("a receipt whose message cannot be read", () => {
	async function someDeps(...messages: readonly Message[]) {
		const gateway = await aGatewayWith(messages);
		const submissions = memorySubmissions(gateway.now);
		await submissions.put(messages.map((message) => aSubmittedSegment(message, message.segments[0]?.smscId ?? "")));
		const queues = { receipts: memoryReceipts(), deadLetters: memoryReceipts() };
		return { ...gateway, submissions, ...queues, receiptForms: learntForms(), log: memoryLog() };
	}
	const receiptBatchOf = (ids: readonly string[], checks = 0) => ({
		operator: "kcell" as const,
		receipts: ids.map((smscId) => aReceipt({ smscId })),
		checks,
		redelivered: false,
	});

	it("is checked again, then moved to the dead-letter queue, and delays no other of its batch", async () => {
		const [good, bad] = [aSentMessage(["a"]), aSentMessage(["b"])];
		const deps = await someDeps(good, bad);
		deps.messages.unreadable.add(idOf(bad));

		await applyReceipts(deps, [receiptBatchOf(["a", "b"])]);
		await applyReceipts(deps, [receiptBatchOf(["b"], 10)]);

		expect(deps.messages.rows.get(idOf(good))?.status).toBe("DELIVERED");
		const again = [deps.receipts.sent, deps.deadLetters.sent].map((sent) =>
			sent.flatMap(({ receiptBatch }) => receiptBatch.receipts.map(({ smscId }) => smscId)),
		);
		expect(again).toEqual([["b"], ["b"]]);
	});

	it("is redelivered when the message became unreadable just before it was to end", async () => {
		const [good, bad] = [aSentMessage(["a"]), aSentMessage(["b"])];
		const deps = await someDeps(good, bad);

		const applying = applyReceipts({ ...deps, messages: unreadableOnChange(deps.messages, bad) }, [
			receiptBatchOf(["a", "b"]),
		]);

		await expect(applying).rejects.toThrow(`${idOf(bad)} cannot be read`);
		expect(idsIn(deps.reports)).toEqual([idOf(good)]);
	});
});

describe("a report of a message that cannot be read", () => {
	const account = anAccount({ userName: "demo" });
	const ended = (id: string) => aSentMessage([id], { userName: "demo", status: "DELIVERED", reportBatchId: "p" });

	async function aDelivery(answer: WebhookAnswer = { kind: "answered", status: 204, body: "", retryAfter: null }) {
		const [good, bad] = [ended("a"), ended("b")];
		const gateway = await aGatewayWithBad([good, bad]);
		const posts: string[] = [];
		const { now, messages, reportBatches } = gateway;
		const delivery = {
			...{ messages, reportBatches, reportAttempts: reportBatches, now },
			...{ incoming: memoryIncoming(now), accounts: memoryAccounts([account]) },
			webhookSecrets: memoryWebhookSecrets(),
			accountQueues: memoryAccountQueues(),
			webhooks: {
				async post(_: string, __: unknown, body: string) {
					posts.push(body);
					return answer;
				},
			},
			breakers: webhookBreakers({ circuitBreakers: memoryCircuitBreakers(), now, pause: async () => undefined }),
			chance: () => 0.5,
			retentionMs: 1_000,
			log: memoryLog(),
			counter: memoryCounter(),
			metrics: discardedMetrics,
		};
		const reportBatch = { reportBatchId: "p", userName: "demo", messageIds: [idOf(good), idOf(bad)], tries: 1 };
		const reportedIds = () =>
			posts.map((body) =>
				JSON.parse(body).delivery_report.map((one: { message_id: string }) => Number(one.message_id)),
			);
		return { good, bad, delivery, reportBatch, reportedIds, messages, reportBatches };
	}

	it("is retried, and its neighbours are reported and confirmed once", async () => {
		const { good, bad, delivery, reportBatch, reportedIds, messages, reportBatches } = await aDelivery();

		const first = await deliverReportBatch(delivery, reportBatch);
		const second = await deliverReportBatch(delivery, { ...reportBatch, tries: 2 });
		const confirmed = [...(reportBatches.rows.get("p") ?? [])];
		messages.unreadable.clear();
		const third = await deliverReportBatch(delivery, { ...reportBatch, tries: 3 });

		expect([first.kind, second.kind, third.kind]).toEqual(["later", "later", "done"]);
		expect(confirmed).toEqual([idOf(good)]);
		expect(reportedIds()).toEqual([[idOf(good)], [idOf(bad)]]);
	});

	it("goes to the dead-letter queue after a day", async () => {
		const { delivery, reportBatch } = await aDelivery();

		expect(await deliverReportBatch(delivery, { ...reportBatch, tries: 1_000 })).toEqual({ kind: "dead" });
	});

	it("is read for a session without the unreadable messages, which are named", async () => {
		const [good, bad] = [ended("a"), ended("b")];
		const gateway = await aGatewayWithBad([good, bad]);
		const [mine, others] = [anIncomingMessage(), anIncomingMessage()];
		const incoming = memoryIncoming(gateway.now, [mine, others]);
		incoming.unreadable.add(others.messageId);
		const reportBatches = [
			{ reportBatchId: "p", userName: "demo", messageIds: [idOf(good), idOf(bad)] },
			{ reportBatchId: "q", userName: "demo", messageIds: [mine.messageId, others.messageId], incoming: true as const },
		];

		expect(await readUnreported({ ...gateway, incoming }, reportBatches)).toEqual([
			[
				{ kind: "report", message: good, interim: undefined },
				{ kind: "unreadable", messageId: idOf(bad) },
			],
			[
				{ kind: "incoming", message: mine },
				{ kind: "unreadable", messageId: others.messageId },
			],
		]);
	});
});

describe("messages from subscribers", () => {
	function aConsumer() {
		const { now, reportBatches, reports, newReportBatchId } = aGateway();
		const queues = { queue: memoryIncomingQueue(), unrouted: memoryIncomingQueue() };
		const stores = { parts: memoryParts(), incoming: memoryIncoming(now), reportBatches, reports, ...queues };
		const shortCodes = memoryShortCodes([{ shortCode: "9090", keyword: null, userName: "demo" }]);
		const rest = { newReportBatchId, now, waitMs: 1, retentionMs: 1_000_000, log: memoryLog() };
		return { ...stores, ...rest, shortCodes, counter: memoryCounter() };
	}

	it("are redelivered when their row cannot be read, which is not overwritten; the others are reported", async () => {
		const consumer = aConsumer();
		const [good, bad] = [anMoPart(), anMoPart()];
		const unrouted = anIncomingMessage({ userName: null, reportBatchId: null });
		const row = anIncomingMessage({ messageId: bad.partId });
		await consumer.incoming.put([row, unrouted]);
		for (const id of [row.messageId, unrouted.messageId]) consumer.incoming.unreadable.add(id);

		const taking = receiveIncoming(consumer, [
			{ kind: "parts", parts: [good, bad] },
			{ kind: "unrouted", messageIds: [unrouted.messageId] },
		]);

		await expect(taking).rejects.toThrow("cannot be read");
		expect(idsIn(consumer.reports)).toEqual([good.partId]);
		expect(consumer.incoming.rows.get(row.messageId)).toEqual(row);
	});

	it("are redelivered when the row of their parts cannot be read; others are joined", async () => {
		const consumer = aConsumer();
		const parts = (reference: number) =>
			[1, 2].map((sequence) => anMoPart({ place: { reference, total: 2, sequence } }));
		const { operator, sender, recipient } = anMoPart();
		consumer.parts.unreadable.add(partGroupKey({ operator, sender, recipient, reference: 7, total: 2 }));

		const taking = receiveIncoming(consumer, [{ kind: "parts", parts: [...parts(7), ...parts(8)] }]);

		await expect(taking).rejects.toThrow("cannot be read");
		expect(idsIn(consumer.reports)).toHaveLength(1);
		expect([...consumer.parts.rows.keys()]).toHaveLength(1);
	});
});

describe("a number whose row cannot be read", () => {
	const known = { recipient: "77010000001", portedTo: "tele2", porting: false, blocked: true } as const;

	it("is refused, and its neighbours are accepted (A49)", async () => {
		const gateway = aGateway();
		await gateway.numbers.put([known]);
		gateway.numbers.unreadable.add(known.recipient);

		const outcomes = await acceptMessages(gateway, anAccount(), [aRequest({ recipient: known.recipient }), aRequest()]);

		expect(outcomes).toMatchObject([
			{ kind: "refused", refusal: { code: "8", field: "recipient" } },
			{ kind: "accepted" },
		]);
	});

	it("keeps its row in an import", async () => {
		const { numbers } = aGateway();
		await numbers.put([known]);
		numbers.unreadable.add(known.recipient);
		async function* lines() {
			yield { line: 1, update: { recipient: known.recipient, blocked: false } };
			yield { line: 2, update: { recipient: "77010000002", blocked: true } };
		}
		const importDeps = { numbers, rowsPerSecond: 1e9, now: Date.now, pause: async () => undefined };

		await importNumbers({ ...importDeps, onProgress: () => undefined }, lines());

		expect([...numbers.rows.keys()]).toEqual([known.recipient, "77010000002"]);
		expect(numbers.rows.get(known.recipient)).toEqual(known);
	});
});

describe("a message that cannot be read", () => {
	it("is not reported as absent, and the others of its batch can be read (R9)", async () => {
		const [good, bad] = [aMessage({ userName: "demo" }), aMessage({ userName: "demo" })];
		const gateway = await aGatewayWithBad([good, bad]);
		const batch = { batchId: 1, userName: "demo", messageIds: [idOf(good), idOf(bad)], acceptedAt: 0 };
		const state = { isFailFast: false, state: "committed", attempt: "attempt" } as const;
		await gateway.batches.put({ ...batch, ...state, keepUntil: mondayAtEleven * 2 });

		await expect(readMessage(gateway, "demo", idOf(bad))).rejects.toThrow("cannot be read");
		expect(await readBatch(gateway, "demo", 1)).toEqual({
			kind: "found",
			messages: [{ index: 0, message: good, informed: false }],
			count: 2,
		});
	});

	it("is not sent again by its client's retry", async () => {
		const gateway = aGateway();
		const [account, request] = [anAccount(), aRequest()];
		await acceptMessages(gateway, account, [request]);
		const [row] = gateway.messages.rows.values();
		gateway.messages.unreadable.add(row?.messageId ?? 0);

		await expect(acceptMessages(gateway, account, [request])).rejects.toThrow("cannot be read");
		expect([...gateway.messages.rows.values()]).toEqual([row]);
		expect(gateway.lanes.sent).toHaveLength(1);
	});

	it("is left out of a change, and the others are changed and reported", async () => {
		const [good, bad] = [aMessage(), aMessage()];
		const gateway = await aGatewayWithBad([good, bad]);

		const rows = await changeMessages(gateway, [good, bad], () => ({ status: "EXPIRED", errorCode: "22" }));

		expect([[...rows.keys()], idsIn(gateway.reports)]).toEqual([[idOf(good)], [idOf(good)]]);
	});
});
