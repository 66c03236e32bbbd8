import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import { lanesOf } from "#shared/domain/message/lanes.ts";
import { outboundFrom } from "#smpp/operators/outbound-messages.ts";
import { pickUpOutbound, recheckOutbound } from "#smpp/operators/pick-up-outbound.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryLog, memoryReportBatches, memoryReports, memorySlots } from "#test/fakes/memory-stores.ts";

it("a message that was in flight when it was read, and recorded before the read returned, is not submitted again", async () => {
	const now = () => mondayAtEleven;
	const messages = memoryMessages(now);
	const message = aMessage();
	await messages.insert([message]);
	const busy = new Map([[message.messageId, [{ entryId: "first", kind: "first" as const, handle: "first" }]]]);
	const readEach: typeof messages.readEach = async (ids) => {
		const rows = await messages.readEach(ids);
		busy.delete(message.messageId);
		return rows;
	};
	const handled: string[] = [];
	const held = {
		hold: () => undefined,
		isHeld: () => true,
		settle: (handle: string) => void handled.push(`settled ${handle}`),
		defer: (handle: string) => void handled.push(`left ${handle}`),
		giveBack: (handle: string) => void handled.push(`given back ${handle}`),
		release: async () => undefined,
	};
	const [lane] = lanesOf("kcell");
	if (lane === undefined) throw new Error("no lane");
	const picking = {
		messages: { ...messages, readEach },
		reportBatches: memoryReportBatches(),
		slots: memorySlots(),
		reports: memoryReports(),
		newReportBatchId: () => randomUUID() as string,
		now,
	};
	const sendJob = {
		userName: "demo",
		operator: lane.operator,
		priority: lane.priority,
		messageIds: [message.messageId],
	};

	const other = {
		sendJob: { ...sendJob, messageIds: [404] },
		entryId: "other",
		kind: "first",
		handle: "other",
		receives: 1,
	} as const;

	const outboundMessages = await pickUpOutbound(
		{ lane, picking, held, busy, style: defaultSubmitStyle, log: memoryLog(), ready: () => undefined },
		[{ sendJob, entryId: "second", kind: "first", handle: "second", receives: 2 }, other],
	);

	expect([outboundMessages, handled]).toEqual([0, ["given back second", "settled other"]]);
});

it("the report of a message that another task ended or submitted before the recheck is queued: that task may have died (A34)", async () => {
	const [waiting, ended, sent] = [aMessage(), aMessage(), aMessage({ wantsInterimReports: true })];
	const gateway = await aGatewayWith([waiting, ended, sent]);
	const [lane] = lanesOf("kcell");
	if (lane === undefined) throw new Error("no lane");
	const entries = [{ entryId: "entry", kind: "first" as const, handle: "handle" }];
	const options = { lane, entries, mayRepeat: false, readAt: mondayAtEleven, style: defaultSubmitStyle };
	const outboundMessages = [waiting, ended, sent].map((message) => outboundFrom(message, options));
	gateway.messages.rows.set(ended.messageId, { ...ended, status: "REJECTED", reportBatchId: "p", revision: 1 });
	gateway.messages.rows.set(sent.messageId, { ...sent, status: "SENT", sentReportBatchId: "q", revision: 1 });

	const finished = await recheckOutbound(
		{ picking: gateway, log: memoryLog(), ready: () => undefined },
		outboundMessages,
	);

	expect(finished.map(({ outbound }) => outbound.message.messageId)).toEqual([ended.messageId, sent.messageId]);
	expect(gateway.reports.sent.map(({ reportBatchId }) => reportBatchId)).toEqual(["p", "q"]);
});
