import { DynamoDBClient, type DynamoDBClientConfig, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type DirectService, directCalls, directCallsOption } from "./direct-calls.ts";
import { type AwsConnectionLimits, keepAliveConnections } from "./keep-alive-connections.ts";

/** The clients of the AWS services. A process makes them once, at its start. Every call has a time limit. */

const json = ["content-type", "application/x-amz-json-1.0"] as const;

const dynamodb: DirectService = {
	signedAs: "dynamodb",
	target: "DynamoDB_20120810",
	headers: [json],
	operations: [
		"BatchExecuteStatement",
		"BatchGetItem",
		"BatchWriteItem",
		"GetItem",
		"PutItem",
		"Query",
		"Scan",
		"UpdateItem",
	],
	command: GetItemCommand,
};

const sqs: DirectService = {
	signedAs: "sqs",
	target: "AmazonSQS",
	/* Makes SQS return the error names that the SDK expects. */
	headers: [json, ["x-amzn-query-mode", "true"]],
	operations: ["ChangeMessageVisibilityBatch", "DeleteMessageBatch", "ReceiveMessage", "SendMessageBatch"],
	command: SendMessageBatchCommand,
};

/** A service's location, for callers that do not use the SDK's environment variables. */
export type Endpoints = Pick<DynamoDBClientConfig, "region" | "endpoint" | "credentials">;

const dynamoLimits: AwsConnectionLimits = { connectMs: 1_000, answerMs: 3_000, connectionsMax: 50 };

export function dynamoClient(endpoints: Endpoints = {}): DynamoDBClient {
	return dynamoClientWith(endpoints, 4, dynamoLimits);
}

/**
 * For calls that could do harm if they were repeated: makes one attempt, and not by a connection that may have died while
 * the process was frozen.
 */
export function dynamoClientOnce(endpoints: Endpoints = {}): DynamoDBClient {
	return dynamoClientWith(endpoints, 1, { ...dynamoLimits, idleMaxMs: 5_000 });
}

function dynamoClientWith(endpoints: Endpoints, maxAttempts: number, limits: AwsConnectionLimits): DynamoDBClient {
	const client = new DynamoDBClient({
		...endpoints,
		...sdkSettings(limits),
		maxAttempts,
		/* One endpoint for the whole region, so that it is resolved once. */
		accountIdEndpointMode: "disabled",
	});
	client.middlewareStack.add(directCalls(client.config, dynamodb, keepAliveConnections(limits)), directCallsOption);
	return client;
}

/** @param maxAttempts 1 if a repeated call could do harm; the caller then finds out whether the call had an effect. */
export function sqsClient(endpoints: Endpoints = {}, maxAttempts = 4): SQSClient {
	const limits: AwsConnectionLimits = { connectMs: 1_000, answerMs: 5_000, connectionsMax: 50 };
	const client = new SQSClient({
		...endpoints,
		...sdkSettings(limits),
		maxAttempts,
		/* An account keeps the URL of its queue. On one machine its host and port may be those of an earlier run. */
		useQueueUrlAsEndpoint: false,
	});
	client.middlewareStack.add(directCalls(client.config, sqs, keepAliveConnections(limits)), directCallsOption);
	return client;
}

/** For few calls, whose callers can go on without them. */
export function schedulerClient(): SchedulerClient {
	return new SchedulerClient({
		...sdkSettings({ connectMs: 1_000, answerMs: 2_000, connectionsMax: 50 }),
		maxAttempts: 2,
	});
}

/**
 * For long polls, which take up to 20 s. Each lane has one at a time.
 * @param pollsMax the most polls at once.
 */
export function sqsPollingClient(pollsMax = 100): SQSClient {
	const limits: AwsConnectionLimits = { connectMs: 1_000, answerMs: 25_000, connectionsMax: pollsMax };
	const client = new SQSClient({ ...sdkSettings(limits), maxAttempts: 1 });
	client.middlewareStack.add(directCalls(client.config, sqs, keepAliveConnections(limits)), directCallsOption);
	return client;
}

/** Settings of the SDK's own transport, for the operations that are not called directly. */
function sdkSettings({ connectMs, answerMs, connectionsMax }: AwsConnectionLimits) {
	return {
		/* Builds the middleware stack once for each operation, not for each call. */
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
