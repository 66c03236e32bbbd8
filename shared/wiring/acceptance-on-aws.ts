import { randomUUID } from "node:crypto";
import { dynamoClient } from "../aws/clients.ts";
import { dynamoBatches } from "../aws/dynamo-batches.ts";
import { dynamoMessages } from "../aws/dynamo-messages.ts";
import { dynamoNumbers } from "../aws/dynamo-numbers.ts";
import type { BatchStore, Log, MessageStore, Metrics } from "../ports.ts";
import type { Acceptance } from "../usecases/accept-messages.ts";
import { toldMessages } from "../usecases/told-messages.ts";
import { type HoldersEnvironment, holdersOnAws } from "./holders-on-aws.ts";

const dayMs = 24 * 60 * 60_000;

type Environment = HoldersEnvironment & {
	readonly MESSAGES_TABLE: string;
	readonly NUMBERS_TABLE: string;
	readonly MESSAGE_ID_KEY: string;
	readonly RETENTION_DAYS: number;
};

/** The same for messages that come by REST, which have ids of their clients' own, and may come in batches. */
export function restAcceptanceOnAws(
	env: Environment & { readonly BATCHES_TABLE: string },
	telling: { readonly log: Log; readonly metrics: Metrics },
) {
	const batches: BatchStore = dynamoBatches(dynamoClient(), env.BATCHES_TABLE, Date.now);
	return { ...acceptanceOnAws(env, telling, "rest"), batches };
}

/** What taking messages in needs, on AWS: for each door that they come in by. */
export function acceptanceOnAws(
	env: Environment,
	telling: { readonly log: Log; readonly metrics: Metrics },
	door: "rest" | "smpp",
): Omit<Acceptance, "batches"> & { readonly messages: MessageStore } {
	const dynamo = dynamoClient();
	return {
		messages: toldMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, telling.log), telling, door),
		numbers: dynamoNumbers(dynamo, env.NUMBERS_TABLE, telling.log),
		...holdersOnAws(dynamo, env, telling.log),
		now: Date.now,
		idKey: env.MESSAGE_ID_KEY,
		retentionMs: env.RETENTION_DAYS * dayMs,
		newAttempt: randomUUID,
	};
}
