import { expect, it } from "vitest";
import { messageCommands } from "#admin/commands/messages.ts";
import type { Target } from "#admin/target.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportAttempts } from "#shared/aws/dynamo/dynamo-report-attempts.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { receiptApplied } from "#shared/domain/message/message-transitions.ts";
import { aSentMessage } from "#test/fakes/builders.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { dynamoEngine } from "#test/simulation/aws/dynamo-engine.ts";
import { dynamoClientOf } from "#test/simulation/aws/engine-clients.ts";
import { tableSchemas, tables } from "#test/simulation/world/deployment.ts";

it("smsgw messages show prints what happened to a message, also a report that failed, and not its text", async () => {
	const dynamo = dynamoClientOf(dynamoEngine(tableSchemas).execute);
	const log = memoryLog();
	const sent = aSentMessage(["0A1"], {
		...{ acceptedAt: Date.now() - 60_000, clientAddress: "203.0.113.5", bindIndex: 1, reportBatchId: "r" },
		text: "between us",
	});
	const at = sent.statusAt + 2_000;
	const message = { ...sent, ...receiptApplied(sent, 0, { status: "DELIVERED", errorCode: null, at }) };
	await dynamoMessages(dynamo, tables.messages, Date.now, log).insert([message]);
	const failed = { tries: 1, at: at + 1_000, answer: "status 500", nextAt: at + 6_000 };
	await dynamoReportAttempts(dynamo, tables.reports, log).failed("r", failed, message.keepUntil);
	const reportBatch = { reportBatchId: "r", userName: message.userName, messageIds: [message.messageId] };
	const how = { answer: "status 204", tries: 2 };
	await dynamoReportBatches(dynamo, tables.reports, log).confirm(reportBatch, at + 6_000, message.keepUntil, how);
	const show = messageCommands.find(({ call }) => call.startsWith("show"));
	if (show === undefined || !("run" in show)) throw new Error("no such command");
	const target = { dynamo, log, table: (role: keyof typeof tables) => tables[role] } as unknown as Target;

	const { data, text } = await show.run({ messageId: message.messageId, text: false }, target, () => undefined);

	expect(
		text
			.split("\n\n")[1]
			?.split("\n")
			.map((line) => line.slice(21)),
	).toEqual([
		"accepted by REST from 203.0.113.5",
		"submitted to kcell by bind 1",
		"confirmed by the SMSC, id 0A1",
		"receipt DELIVRD for 0A1, segment 1: DELIVERED",
		"ended DELIVERED",
		expect.stringMatching(/^the report of DELIVERED was not confirmed, attempt 1: status 500; the next is due /),
		"the report of DELIVERED was confirmed, attempt 2: status 204",
	]);
	expect(text).not.toContain("between us");
	expect(data).toMatchObject({
		...{ message_status: "DELIVERED", is_informed: "Y", waits_for: "nothing", lane: "kcell-bulk" },
		history: [
			{ event: "accepted" },
			{ event: "submitted", bind: 1 },
			{},
			{},
			{},
			{ next_time: expect.any(String) },
			{},
		],
	});
});
