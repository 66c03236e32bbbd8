import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";

/** The clients of the AWS services that a process uses: made once at its start. Every call has a time limit. */

/** Where a service is, for who does not go by the SDK's own variables. */
export type Whereabouts = Pick<DynamoDBClientConfig, "region" | "endpoint" | "credentials">;

export function dynamoClient(where: Whereabouts = {}): DynamoDBClient {
	return new DynamoDBClient({
		...where,
		maxAttempts: 4,
		requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
	});
}

export function sqsClient(where: Whereabouts = {}): SQSClient {
	return new SQSClient({
		...where,
		maxAttempts: 4,
		requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
	});
}

/** Its calls are few, and who makes one can do without. */
export function schedulerClient(): SchedulerClient {
	return new SchedulerClient({
		maxAttempts: 2,
		requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
	});
}

/** For long polls, which take up to 20 s to say that there is nothing, and of which every lane has one under way. */
export function sqsPollingClient(): SQSClient {
	return new SQSClient({
		maxAttempts: 1,
		requestHandler: {
			connectionTimeout: 1_000,
			requestTimeout: 25_000,
			throwOnRequestTimeout: true,
			httpsAgent: { maxSockets: 100 },
			httpAgent: { maxSockets: 100 },
		},
	});
}
