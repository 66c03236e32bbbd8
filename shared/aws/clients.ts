import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";

/** The clients of the AWS services that a process uses: made once at its start. Every call has a time limit. */

/**
 * The SDK makes a copy of each input and output for a log that nobody keeps, without what is sensitive in it: half of what a call of 25
 * statements costs us.
 */
function unlogged<Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(
	client: Client,
): Client {
	client.middlewareStack.remove("loggerMiddleware");
	return client;
}

/** Where a service is, for who does not go by the SDK's own variables. */
export type Whereabouts = Pick<DynamoDBClientConfig, "region" | "endpoint" | "credentials">;

export function dynamoClient(where: Whereabouts = {}): DynamoDBClient {
	return unlogged(
		new DynamoDBClient({
			...where,
			maxAttempts: 4,
			requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
		}),
	);
}

export function sqsClient(where: Whereabouts = {}): SQSClient {
	return unlogged(
		new SQSClient({
			...where,
			maxAttempts: 4,
			requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
		}),
	);
}

/** Its calls are few, and who makes one can do without. */
export function schedulerClient(): SchedulerClient {
	return unlogged(
		new SchedulerClient({
			maxAttempts: 2,
			requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
		}),
	);
}

/**
 * For long polls, which take up to 20 s to say that there is nothing, and of which every lane has one under way.
 * @param pollsMax how many at once.
 */
export function sqsPollingClient(pollsMax = 100): SQSClient {
	return unlogged(
		new SQSClient({
			maxAttempts: 1,
			requestHandler: {
				connectionTimeout: 1_000,
				requestTimeout: 25_000,
				throwOnRequestTimeout: true,
				httpsAgent: { maxSockets: pollsMax },
				httpAgent: { maxSockets: pollsMax },
			},
		}),
	);
}
