import { randomUUID } from "node:crypto";
import { dynamoBatches } from "../aws/dynamo/dynamo-batches.ts";
import { dynamoMessages } from "../aws/dynamo/dynamo-messages.ts";
import { dynamoNumbers } from "../aws/dynamo/dynamo-numbers.ts";
import { dynamoClient } from "../aws/transport/aws-clients.ts";
import type { FinalText } from "../domain/message/final-text.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { AcceptDeps } from "../usecases/accept/accept-messages.ts";
import type { BatchStore } from "../usecases/accept/batch-store.ts";
import { countedMessages } from "../usecases/counts/counted-messages.ts";
import type { Counter } from "../usecases/counts/counter.ts";
import { instrumentedMessages } from "../usecases/message/instrumented-messages.ts";
import type { MessageStore } from "../usecases/message/message-store.ts";
import { type HoldersEnvironment, holdersOnAws } from "./holders-on-aws.ts";

const dayMs = 24 * 60 * 60_000;

type Environment = HoldersEnvironment & {
	readonly MESSAGES_TABLE: string;
	readonly NUMBERS_TABLE: string;
	readonly MESSAGE_ID_KEY: string;
	readonly RETENTION_DAYS: number;
	readonly FINAL_TEXTS: FinalText;
	readonly SEARCH_INDEX: boolean;
};

type AcceptanceTelemetry = { readonly log: Log; readonly metrics: Metrics; readonly counter: Counter };

export function restAcceptanceOnAws(
	env: Environment & { readonly BATCHES_TABLE: string },
	telemetry: AcceptanceTelemetry,
) {
	const batches: BatchStore = dynamoBatches(dynamoClient(), env.BATCHES_TABLE, Date.now);
	return { ...acceptanceOnAws(env, telemetry, "rest"), batches };
}

export function acceptanceOnAws(
	env: Environment,
	telemetry: AcceptanceTelemetry,
	channel: "rest" | "smpp",
): Omit<AcceptDeps, "batches"> & { readonly messages: MessageStore } {
	const dynamo = dynamoClient();
	return {
		messages: countedMessages(
			instrumentedMessages(
				dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, telemetry.log, env.SEARCH_INDEX),
				telemetry,
				channel,
			),
			telemetry.counter,
		),
		counter: telemetry.counter,
		numbers: dynamoNumbers(dynamo, env.NUMBERS_TABLE, telemetry.log),
		...holdersOnAws(dynamo, env, telemetry.log),
		now: Date.now,
		finalTexts: env.FINAL_TEXTS,
		idKey: env.MESSAGE_ID_KEY,
		retentionMs: env.RETENTION_DAYS * dayMs,
		newAttempt: randomUUID,
	};
}
