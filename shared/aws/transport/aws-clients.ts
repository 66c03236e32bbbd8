import { DynamoDBClient, type DynamoDBClientConfig, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type DirectService, directCalls, directCallsOption } from "./direct-calls.ts";
import { type ConnectionLimits, keepAliveConnections } from "./keep-alive-connections.ts";

/** The clients of the AWS services that a process uses: made once at its start. Every call has a time limit. */

const json = ["content-type", "application/x-amz-json-1.0"] as const;

const dynamodb: DirectService = {
	signedAs: "dynamodb",
	target: "DynamoDB_20120810",
	headers: [json],
	operations: ["BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "GetItem", "Query", "UpdateItem"],
	command: GetItemCommand,
};

const sqs: DirectService = {
	signedAs: "sqs",
	target: "AmazonSQS",
	/* Errors have the names that the SDK knows them by. */
	headers: [json, ["x-amzn-query-mode", "true"]],
	operations: ["ChangeMessageVisibilityBatch", "DeleteMessageBatch", "ReceiveMessage", "SendMessageBatch"],
	command: SendMessageBatchCommand,
};

/** Where a service is, for who does not go by the SDK's own variables. */
export type Endpoints = Pick<DynamoDBClientConfig, "region" | "endpoint" | "credentials">;

export function dynamoClient(endpoints: Endpoints = {}): DynamoDBClient {
	const limits: ConnectionLimits = { connectMs: 1_000, answerMs: 3_000, connectionsMax: 50 };
	const client = new DynamoDBClient({
		...endpoints,
		...sdkSettings(limits),
		maxAttempts: 4,
		/* The region's endpoint, whoever calls: it is looked up once. */
		accountIdEndpointMode: "disabled",
	});
	client.middlewareStack.add(directCalls(client.config, dynamodb, keepAliveConnections(limits)), directCallsOption);
	return client;
}

/** @param maxAttempts 1 where a repeated call could do harm: then its caller finds out what became of it. */
export function sqsClient(endpoints: Endpoints = {}, maxAttempts = 4): SQSClient {
	const limits: ConnectionLimits = { connectMs: 1_000, answerMs: 5_000, connectionsMax: 50 };
	const client = new SQSClient({ ...endpoints, ...sdkSettings(limits), maxAttempts });
	client.middlewareStack.add(directCalls(client.config, sqs, keepAliveConnections(limits)), directCallsOption);
	return client;
}

/** Its calls are few, and who makes one can do without. */
export function schedulerClient(): SchedulerClient {
	return new SchedulerClient({
		...sdkSettings({ connectMs: 1_000, answerMs: 2_000, connectionsMax: 50 }),
		maxAttempts: 2,
	});
}

/**
 * For long polls, which take up to 20 s to say that there is nothing, and of which every lane has one under way.
 * @param pollsMax how many at once.
 */
export function sqsPollingClient(pollsMax = 100): SQSClient {
	const limits: ConnectionLimits = { connectMs: 1_000, answerMs: 25_000, connectionsMax: pollsMax };
	const client = new SQSClient({ ...sdkSettings(limits), maxAttempts: 1 });
	client.middlewareStack.add(directCalls(client.config, sqs, keepAliveConnections(limits)), directCallsOption);
	return client;
}

/** What the SDK's own way of a call goes by, for the operations that are not called directly. */
function sdkSettings({ connectMs, answerMs, connectionsMax }: ConnectionLimits) {
	return {
		/* What stands before and after a call is put together once for each operation, not for each call. */
		cacheMiddleware: true,
		requestHandler: {
			connectionTimeout: connectMs,
			requestTimeout: answerMs,
			throwOnRequestTimeout: true,
			httpsAgent: { maxSockets: connectionsMax },
			httpAgent: { maxSockets: connectionsMax },
		},
	};
}
