import {
	dynamoAccountRepository,
	dynamoCredentialRepository,
	dynamoWebhookSecretRepository,
} from "#shared/aws/dynamo/dynamo-account-books.ts";
import { dynamoBatches } from "#shared/aws/dynamo/dynamo-batches.ts";
import { dynamoCircuitBreakers } from "#shared/aws/dynamo/dynamo-circuit-breakers.ts";
import { dynamoCounts } from "#shared/aws/dynamo/dynamo-counts.ts";
import { dynamoIncoming } from "#shared/aws/dynamo/dynamo-incoming.ts";
import { dynamoLeases } from "#shared/aws/dynamo/dynamo-leases.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoNumbers } from "#shared/aws/dynamo/dynamo-numbers.ts";
import { dynamoSwitches } from "#shared/aws/dynamo/dynamo-operator-switches.ts";
import { dynamoParts } from "#shared/aws/dynamo/dynamo-parts.ts";
import { dynamoQuotas } from "#shared/aws/dynamo/dynamo-quotas.ts";
import { dynamoReportAttempts } from "#shared/aws/dynamo/dynamo-report-attempts.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoShortCodes } from "#shared/aws/dynamo/dynamo-short-codes.ts";
import { dynamoSlots } from "#shared/aws/dynamo/dynamo-slots.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo/dynamo-submissions.ts";
import { mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { dynamoEngine } from "#test/simulation/aws/dynamo-engine.ts";
import { dynamoClientOf, sqsClientOf } from "#test/simulation/aws/engine-clients.ts";
import { sqsEngine } from "#test/simulation/aws/sqs-engine.ts";
import { tableSchemas, tables } from "#test/simulation/world/deployment.ts";

export type Rows = Readonly<Record<string, readonly object[]>>;

/** The real stores, on DynamoDB in memory. @param given rows that the tables have, by role. */
export function memoryTables(given: Rows = {}) {
	const engine = dynamoEngine(tableSchemas);
	const nameOf = (role: string) => tables[role as keyof typeof tables];
	for (const [role, items] of Object.entries(given)) {
		for (const Item of items)
			engine.execute("BatchWriteItem", { RequestItems: { [nameOf(role)]: [{ PutRequest: { Item } }] } });
	}
	const client = dynamoClientOf(engine.execute);
	const now = () => mondayAtEleven;
	const log = memoryLog();
	const accountTables = { accounts: tables.accounts, webhookSecrets: tables["webhook-secrets"] };
	const stores = {
		messages: dynamoMessages(client, tables.messages, now, log, true),
		batches: dynamoBatches(client, tables.batches, now),
		submissions: dynamoSubmissions(client, tables.submissions, now, log),
		reportBatches: dynamoReportBatches(client, tables.reports, log),
		reportAttempts: dynamoReportAttempts(client, tables.reports, log),
		circuitBreakers: dynamoCircuitBreakers(client, tables.reports),
		slots: dynamoSlots(client, tables.slots, now, log),
		quotas: dynamoQuotas(client, tables.limits),
		numbers: dynamoNumbers(client, tables.numbers, log),
		leases: dynamoLeases(client, tables.leases, log),
		switches: dynamoSwitches(client, tables.leases),
		incoming: dynamoIncoming(client, tables.incoming, now, log, true),
		parts: dynamoParts(client, tables.incoming, log),
		shortCodes: dynamoShortCodes(client, tables["short-codes"], log),
		accounts: dynamoAccountRepository(client, accountTables, log),
		webhookSecrets: dynamoWebhookSecretRepository(client, accountTables),
		credentials: dynamoCredentialRepository(client, tables.credentials),
		counts: dynamoCounts(client, tables.counts, log),
	};
	return {
		stores,
		/** All rows, by role. Empty tables are left out. */
		rows: (): Rows =>
			Object.fromEntries(
				Object.keys(tables)
					.map((role) => [role, [...engine.items(nameOf(role))]] as const)
					.filter(([, items]) => items.length > 0),
			),
	};
}
export type Stores = ReturnType<typeof memoryTables>["stores"];

export const queueOfEntries = "https://sqs.eu-central-1.amazonaws.com/000000000000/entries";

/** A queue in memory, and the bodies that were sent to it. */
export function recordingQueue() {
	const bodies: string[] = [];
	const settings = { url: queueOfEntries, arn: "arn", visibilitySeconds: 30, retentionSeconds: 60 };
	const watcher = { added: ({ body }: { readonly body: string }) => void bodies.push(body), removed: () => undefined };
	const engine = sqsEngine([settings], { watcher, newId: () => String(bodies.length) });
	return { client: sqsClientOf((operation, input) => engine.execute(operation, input, mondayAtEleven)), bodies };
}
