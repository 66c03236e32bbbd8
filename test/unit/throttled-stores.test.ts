import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { httpHandler } from "#lambdas/http/http-handler.ts";
import { putItems, readItems, removeItems, runStatements } from "#shared/aws/dynamo/dynamo-items.ts";
import { changeVisibility, deleteEntries, sendEntries } from "#shared/aws/sqs/sqs-entries.ts";
import { openSubmitIntake } from "#smpp/clients/submit-intake.ts";
import { anAccount, aRequest } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { anHttpEvent } from "#test/fakes/http-events.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function answering<Client>(answer: (input: { readonly [name: string]: never }) => object): Client {
	return { send: async ({ input }: { input: never }) => answer(input) } as Client;
}

const statement = { text: 'DELETE FROM "messages" WHERE message_id = ?', parameters: [{ N: "1" }] };
const key = { message_id: { N: "1" } };
const failing = (Code: string) =>
	answering<DynamoDBClient>(() => ({ Responses: [{ Error: { Code, Message: "hunter2" } }] }));
const unprocessed = answering<DynamoDBClient>(({ RequestItems }) => ({
	UnprocessedKeys: RequestItems,
	UnprocessedItems: RequestItems,
}));
const failedEntries = (Code: string, SenderFault: boolean) =>
	answering<SQSClient>(({ Entries }: { Entries?: readonly { Id: string }[] }) => ({
		Failed: Entries?.map(({ Id }) => ({ Id, Code, SenderFault })),
	}));
const busyQueue = failedEntries("InternalError", false);

const answerTo = async (work: () => Promise<unknown>) => {
	const answering = httpHandler(async () => {
		await work();
		return { statusCode: 204 };
	})(anHttpEvent(), {} as Context);
	await vi.advanceTimersByTimeAsync(10_000);
	return await answering;
};

describe("a throttled store", () => {
	it.each([
		["ThrottlingError"],
		["ProvisionedThroughputExceeded"],
		["RequestLimitExceeded"],
		["InternalServerError"],
		["TransactionConflict"],
	])("is answered with 503 and Retry-After when its statements keep failing with %s (A43)", async (code) => {
		const answer = await answerTo(async () => await runStatements(failing(code), [statement]));

		expect(answer).toMatchObject({ statusCode: 503, headers: { "retry-after": "1" } });
		expect(JSON.parse(answer.body ?? "")).toEqual({
			error_message: "Temporarily unavailable, try again; a repeated request is safe",
			error_code: null,
			field: null,
			request_id: "request-1",
		});
	});

	it.each([
		["reads", async () => await readItems(unprocessed, "t", [key])],
		["writes", async () => await putItems(unprocessed, "t", [key])],
		["deletions", async () => await removeItems(unprocessed, "t", [key])],
		["entries", async () => await sendEntries(busyQueue, "q", [{ MessageBody: "1" }])],
		[
			"throttled entries",
			async () => await sendEntries(failedEntries("RequestThrottled", true), "q", [{ MessageBody: "1" }]),
		],
		["deleted entries", async () => await deleteEntries(busyQueue, "q", ["h"])],
		["held entries", async () => await changeVisibility(busyQueue, "q", ["h"], 1)],
	] as const)("is answered with 503 and Retry-After when its %s stay undone (A43)", async (_, work) => {
		expect(await answerTo(work)).toMatchObject({ statusCode: 503, headers: { "retry-after": "1" } });
	});

	it.each([
		["a statement", async () => await runStatements(failing("ValidationError"), [statement])],
		[
			"an entry",
			async () => await sendEntries(failedEntries("InvalidMessageContents", true), "q", [{ MessageBody: "1" }]),
		],
	] as const)("is answered with 500 when %s of ours is wrong, since it would fail again (A43)", async (_, work) => {
		expect(await answerTo(work)).toMatchObject({ statusCode: 500 });
	});

	it("is ESME_RSYSERR for SMPP clients, and one log line without a stack for a whole micro-batch (A47)", async () => {
		const log = memoryLog();
		const gateway = aGateway();
		gateway.messages.insert = async (rows) => {
			await runStatements(
				failing("ThrottlingError"),
				rows.map(() => statement),
			);
			return [];
		};
		const intake = openSubmitIntake(gateway, log);

		const accepting = Promise.all(
			[1, 2, 3].map(async () => await intake.accept(anAccount(), { ...aRequest(), clientMessageId: null })),
		);
		await vi.advanceTimersByTimeAsync(10_000);

		/* submits.ts answers a failed message with code 8, which is ESME_RSYSERR. */
		expect((await accepting).map(({ kind }) => kind)).toEqual(["failed", "failed", "failed"]);
		expect(log.events.map(({ event }) => event)).toEqual(["messages.accept_failed"]);
		expect(log.events[0]?.fields).toEqual({ messages: 3, err: expect.any(String) });
	});
});
