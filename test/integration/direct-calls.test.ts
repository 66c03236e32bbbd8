import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
	BatchExecuteStatementCommand,
	type BatchExecuteStatementCommandInput,
	ConditionalCheckFailedException,
	DynamoDBClient,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { QueueDoesNotExist, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import { dynamoClient, sqsClient } from "#shared/aws/transport/aws-clients.ts";
import { keepAliveConnections } from "#shared/aws/transport/keep-alive-connections.ts";
import type { Header } from "#shared/aws/transport/signature-v4.ts";

type AwsRequest = { readonly headers: IncomingHttpHeaders; readonly path: string | undefined; readonly body: string };
type Respond = (response: ServerResponse, count: number) => void;

const closing: (() => void)[] = [];
afterEach(() => {
	for (const close of closing.splice(0)) close();
});

/** A server that answers as AWS would, and records its requests. */
async function aFakeAws(answering: Respond) {
	const requests: AwsRequest[] = [];
	const server = createServer(async (request, response) => {
		requests.push({ headers: request.headers, path: request.url, body: await text(request) });
		answering(response, requests.length);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	closing.push(() => {
		server.close();
		server.closeAllConnections();
	});
	const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
	return { requests, where: { endpoint, region: "eu-central-1", credentials } };
}

const answers =
	(status: number, body: object, headers: Record<string, string> = {}): Respond =>
	(response) =>
		response.writeHead(status, headers).end(JSON.stringify(body));

const statements: BatchExecuteStatementCommandInput = {
	Statements: [
		{ Statement: "INSERT …", Parameters: [{ S: "ю\u2028" }, { N: "1" }, { L: [{ M: { a: { NULL: true } } }] }] },
	],
	ReturnConsumedCapacity: undefined,
};
const update = { TableName: "messages", Key: { message_id: { N: "1" } } };
const send = {
	QueueUrl: "http://127.0.0.1/000000000000/lane",
	Entries: [{ Id: "0", MessageBody: "{}", DelaySeconds: 5 }],
};

const requestFields = ({ headers, path, body }: AwsRequest) => ({
	path,
	body: JSON.parse(body),
	type: headers["content-type"],
	target: headers["x-amz-target"],
	mode: headers["x-amzn-query-mode"],
	credential: headers.authorization?.replace(/, SignedHeaders=.*/, ""),
});

describe("a direct call to AWS", () => {
	it("sends the same request and reads the same answer as the SDK", async () => {
		const responses = [{ TableName: "messages" }, { Error: { Code: "DuplicateItem", Message: "…" } }];
		const aws = await aFakeAws(answers(200, { Responses: responses, Failed: [], Successful: [] }));
		const own = new DynamoDBClient(aws.where);
		const ownQueues = new SQSClient(aws.where);

		const expected = await own.send(new BatchExecuteStatementCommand(statements));
		await ownQueues.send(new SendMessageBatchCommand(send));
		const answer = await dynamoClient(aws.where).send(new BatchExecuteStatementCommand(statements));
		await sqsClient(aws.where).send(new SendMessageBatchCommand(send));

		const [first, second, ...direct] = aws.requests.map(requestFields);
		expect(direct).toEqual([first, second]);
		expect(answer.Responses).toEqual(expected.Responses);
	});

	it("throws the SDK's errors", async () => {
		const prefix = "com.amazonaws.dynamodb.v20120810#";
		const refusing = await aFakeAws(
			answers(400, { __type: `${prefix}ConditionalCheckFailedException`, message: "no" }),
		);
		const missing = await aFakeAws(
			answers(
				400,
				{ __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "gone" },
				{ "x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender" },
			),
		);

		const refused = dynamoClient(refusing.where).send(new UpdateItemCommand(update));
		const lost = sqsClient(missing.where).send(new SendMessageBatchCommand(send));

		await expect(refused).rejects.toThrow(ConditionalCheckFailedException);
		await expect(lost).rejects.toThrow(QueueDoesNotExist);
		expect([refusing.requests.length, missing.requests.length]).toEqual([1, 1]);
	});

	it("is retried after a retryable failure, up to four attempts", async () => {
		const recovering = await aFakeAws((response, count) => {
			if (count === 1) response.destroy();
			else if (count === 2) answers(500, { __type: "InternalServerError" })(response, count);
			else answers(200, { Attributes: {} })(response, count);
		});
		const down = await aFakeAws(answers(500, { __type: "InternalServerError", message: "down" }));

		await dynamoClient(recovering.where).send(new UpdateItemCommand(update));
		const failed = dynamoClient(down.where).send(new UpdateItemCommand(update));

		await expect(failed).rejects.toThrow("down");
		expect([recovering.requests.length, down.requests.length]).toEqual([3, 4]);
	});

	it.each([
		["in HTML", "<html>Service Unavailable</html>"],
		["with an empty body", ""],
	])("is retried after a 503 %s from a proxy in front of the service", async (_, page) => {
		const aws = await aFakeAws((response, count) => {
			if (count === 1) response.writeHead(503).end(page);
			else answers(200, { Attributes: {} })(response, count);
		});

		await dynamoClient(aws.where).send(new UpdateItemCommand(update));

		expect(aws.requests).toHaveLength(2);
	});

	it("asks for its credentials each time, so renewed ones are used", async () => {
		const aws = await aFakeAws(answers(200, {}));
		let renewals = 0;
		const credentials = async () => {
			renewals += 1;
			return { accessKeyId: `key-${renewals}`, secretAccessKey: "secret", expiration: new Date() };
		};
		const client = dynamoClient({ ...aws.where, credentials });

		await client.send(new UpdateItemCommand(update));
		await client.send(new UpdateItemCommand(update));

		const keys = aws.requests.map(({ headers }) => /Credential=(key-\d)/.exec(headers.authorization ?? "")?.[1]);
		expect(new Set(keys).size).toBe(2);
	});
});

describe("a keep-alive connection", () => {
	const limits = { connectMs: 1_000, answerMs: 20, connectionsMax: 1 };
	const host: readonly Header[] = [["host", "aws"]];
	const silent: Respond = () => undefined;

	it("waits no longer than its limit for an answer, for its end, or for a free connection", async () => {
		const aws = await aFakeAws((response, count) => count === 1 && response.writeHead(200).write("{"));
		const post = keepAliveConnections(limits);
		const server = new URL(aws.where.endpoint);

		const calls = await Promise.allSettled([
			post(server, host, "half", undefined),
			post(server, host, "none", undefined),
		]);

		expect(calls).toMatchObject(Array(2).fill({ status: "rejected", reason: { name: "TimeoutError" } }));
	});

	it("is closed if no caller waits for its answer", async () => {
		const aws = await aFakeAws(silent);
		const leaving = new AbortController();

		const call = keepAliveConnections({ ...limits, answerMs: 60_000 })(
			new URL(aws.where.endpoint),
			[],
			"{}",
			leaving.signal,
		);
		leaving.abort();

		await expect(call).rejects.toMatchObject({ name: "AbortError" });
	});
});
