import { describe, expect, it } from "vitest";
import { asciiJson } from "#shared/aws/ascii-json.ts";
import { receiptBatchFrom, sqsReceipts } from "#shared/aws/sqs/sqs-receipts.ts";
import { reportBatchFrom } from "#shared/aws/sqs/sqs-reports.ts";
import {
	dueShardEntryBody,
	laneEntryBody,
	receiptsEntryBody,
	reportsEntryBody,
} from "#shared/contracts/queue-entries.ts";
import { aReceipt } from "#test/fakes/builders.ts";

const receipt = { smsc_id: "a", recipient: "77010000000", state: "DELIVRD", reason: "000", received_at: 5 };

describe("a queue entry", () => {
	it("of a lane is read back as it was written", () => {
		const body = { user_name: "клиент \u0000\ud83d\ude00", message_ids: [1, 2 ** 53 - 1] };

		expect(laneEntryBody.parse(asciiJson(body))).toEqual(body);
	});

	it("of receipts is read back as it was written", () => {
		const body = { operator: "tele2" as const, checks: 3, receipts: [{ ...receipt, smsc_id: "\u0001é" }] };

		expect(receiptsEntryBody.parse(asciiJson(body))).toEqual(body);
		expect(receiptBatchFrom(asciiJson(body), 1)).toEqual({
			operator: "tele2",
			checks: 3,
			redelivered: false,
			receipts: [{ smscId: "\u0001é", recipient: "77010000000", state: "DELIVRD", reason: "000", receivedAt: 5 }],
		});
	});

	it("of receipts keeps all that a receipt may have", async () => {
		const sent: string[] = [];
		const client = {
			send: async ({ input }: { input: { Entries: { Id: string; MessageBody: string }[] } }) => {
				sent.push(...input.Entries.map(({ MessageBody }) => MessageBody));
				return { Successful: input.Entries.map(({ Id }) => ({ Id })), Failed: [] };
			},
		};
		const receipts = [
			aReceipt({ smscId: "a", textId: "b", unswapped: "77270001122", segments: 3 }),
			aReceipt({ smscId: "c", recipient: "", mask: "7701****000" }),
			aReceipt({ smscId: "d", recipient: "", mask: "" }),
		];

		await sqsReceipts(client as never, "queue").send([{ operator: "kcell", receipts, checks: 0 }]);

		expect(sent.map((body) => receiptBatchFrom(body, 1).receipts)).toEqual([receipts]);
	});

	it.each([
		["it was received before", {}, 2],
		["an earlier entry of its receipts was received before", { redelivered: true }, 1],
	])("counts as redelivered when %s", (_, parts, receives) => {
		const body = { operator: "tele2", checks: 3, receipts: [receipt], ...parts };

		expect(receiptBatchFrom(asciiJson(body), receives).redelivered).toBe(true);
	});

	it("of reports or of a due check is read back as it was written", () => {
		const body = { report_batch: "p", user_name: "demo", message_ids: [7], tries: 4 };

		expect(reportsEntryBody.parse(asciiJson(body))).toEqual(body);
		expect(reportBatchFrom(asciiJson(body))).toEqual({
			reportBatchId: "p",
			userName: "demo",
			messageIds: [7],
			tries: 4,
		});
		expect(dueShardEntryBody.parse(asciiJson({ slot: 900_000, shard: 0 }))).toEqual({ slot: 900_000, shard: 0 });
		const rest = { slot: 900_000, shard: 0, after: "release#a" };
		expect(dueShardEntryBody.parse(asciiJson(rest))).toEqual(rest);
	});

	it("of a report written by an earlier version has no attempts", () => {
		expect(reportBatchFrom('{"report_batch":"p","user_name":"demo","message_ids":[7]}').tries).toBe(0);
	});

	it("contains only printable ASCII, since SQS refuses some characters", () => {
		expect(asciiJson({ text: "тест\u0000\u001f\u007f\ufffe\ud800\n€😀" })).toMatch(/^[ -~]*$/);
	});

	it.each([
		["invalid JSON", "{"],
		["nothing", ""],
		["null", "null"],
		["no ids", '{"user_name":"a","message_ids":[]}'],
		["an id of 0", '{"user_name":"a","message_ids":[0]}'],
		["an inexact id", '{"user_name":"a","message_ids":[9007199254740993]}'],
		["an id as text", '{"user_name":"a","message_ids":["1"]}'],
		["no user", '{"message_ids":[1]}'],
	])("does not parse with %s", (_, body) => {
		expect(laneEntryBody.safeParse(body).success).toBe(false);
		expect(reportsEntryBody.safeParse(body).success).toBe(false);
	});

	it("must name one of our operators", () => {
		const body = { operator: "o2", checks: 0, receipts: [receipt] };

		expect(receiptsEntryBody.safeParse(asciiJson(body)).success).toBe(false);
		expect(receiptsEntryBody.safeParse(asciiJson({ ...body, operator: "kcell", checks: -1 })).success).toBe(false);
	});

	it("may have fields of a newer version", () => {
		const body = { user_name: "a", message_ids: [1], later: true };

		expect(laneEntryBody.parse(asciiJson(body))).toEqual({ user_name: "a", message_ids: [1] });
	});
});
