import { type DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import {
	accountJson,
	accountToJson,
	secretsInAccountJson,
	webhookSecretsJson,
	webhookSecretsToJson,
} from "../../contracts/account.ts";
import { credentialsJson, credentialsToJson } from "../../contracts/credential.ts";
import { type Account, noWebhookSecrets } from "../../domain/accounts/account.ts";
import type { AccountRepository } from "../../usecases/accounts/account-store.ts";
import type { CredentialRepository } from "../../usecases/accounts/credential-store.ts";
import type { WebhookSecretRepository } from "../../usecases/accounts/webhook-secret-store.ts";
import { malformed } from "./columns.ts";
import {
	dynamoAccounts,
	dynamoCredentials,
	dynamoWebhookSecrets,
	textAt,
	type WebhookSecretTables,
} from "./dynamo-accounts.ts";
import { updateIf } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/** Enough for the few people who may change one account at the same moment. */
const triesMax = 5;

/** Reads and changes accounts, each one JSON text. A write succeeds only if the stored text is still the one that was read. */
export function dynamoAccountRepository(
	client: DynamoDBClient,
	tables: WebhookSecretTables,
	log: RowLog,
): AccountRepository {
	const table = tables.accounts;
	const webhookSecrets = dynamoWebhookSecretRepository(client, tables);
	const reading = rowReading(log, "accounts", ["user_name"], ({ account }) =>
		accountJson.parse(account?.S ?? malformed("account", account)),
	);
	const locationOf = (userName: string) => ({ table, userName, attribute: "account" });
	return {
		...dynamoAccounts(client, table),
		async list() {
			const accounts: Account[] = [];
			for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
				accounts.push(...readableRows(Items, reading).rows);
			}
			return accounts.sort((one, other) => (one.userName < other.userName ? -1 : 1));
		},
		create: async (account) =>
			await replaceText(client, locationOf(account.userName), undefined, accountToJson(account)),
		async change(userName, change) {
			/* The new text has no secrets: those that release 0.1.0 left in it get a row of their own first. */
			const { basic, secrets } = await webhookSecrets.find(userName);
			if (basic !== null || secrets.length > 0) await webhookSecrets.change(userName, (before) => before);
			return await changeText(
				client,
				locationOf(userName),
				(stored) => (stored === undefined ? null : change(accountJson.parse(stored))),
				accountToJson,
			);
		},
	};
}

/** Accounts whose webhook secrets are still in their own row, where every API function can read them. */
export async function accountsHoldingSecrets(client: DynamoDBClient, table: string): Promise<readonly string[]> {
	const names: string[] = [];
	for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
		for (const { user_name, account } of Items) {
			const { basic, secrets } = secretsInAccountJson.safeParse(account?.S).data ?? noWebhookSecrets;
			if (basic !== null || secrets.length > 0) names.push(user_name?.S ?? "");
		}
	}
	return names.sort();
}

export function dynamoWebhookSecretRepository(
	client: DynamoDBClient,
	tables: WebhookSecretTables,
): WebhookSecretRepository {
	const store = dynamoWebhookSecrets(client, tables);
	return {
		...store,
		async change(userName, change) {
			const before = await store.find(userName);
			return await changeText(
				client,
				{ table: tables.webhookSecrets, userName, attribute: "webhook_secrets" },
				(stored) => change(stored === undefined ? before : webhookSecretsJson.parse(stored)),
				webhookSecretsToJson,
			);
		},
	};
}

export function dynamoCredentialRepository(client: DynamoDBClient, table: string): CredentialRepository {
	return {
		...dynamoCredentials(client, table),
		change: async (userName, change) =>
			await changeText(
				client,
				{ table, userName, attribute: "credentials" },
				(stored) => change(stored === undefined ? [] : credentialsJson.parse(stored)),
				credentialsToJson,
			),
	};
}

type TextLocation = { readonly table: string; readonly userName: string; readonly attribute: string };

/** Reads, changes and writes a text until no other write comes between. Returns the new value; a null is not written. */
async function changeText<Value>(
	client: DynamoDBClient,
	location: TextLocation,
	change: (stored: string | undefined) => Value,
	toJson: (value: NonNullable<Value>) => string,
): Promise<Value> {
	const { table, userName, attribute } = location;
	for (let tries = 0; tries < triesMax; tries += 1) {
		const stored = await textAt(client, table, userName, attribute);
		const after = change(stored);
		if (after === null || after === undefined) return after;
		if (await replaceText(client, location, stored, toJson(after))) return after;
	}
	throw new Error(`${attribute} of ${userName}: others change it at the same time; try again`);
}

/** Writes `after`. False if the stored text is not `before`; an undefined `before` means that there is no text. */
async function replaceText(
	client: DynamoDBClient,
	{ table, userName, attribute }: TextLocation,
	before: string | undefined,
	after: string,
): Promise<boolean> {
	const isReplaced = await updateIf(client, {
		TableName: table,
		Key: { user_name: { S: userName } },
		UpdateExpression: "SET #text = :after",
		ConditionExpression: before === undefined ? "attribute_not_exists(#text)" : "#text = :before",
		ExpressionAttributeNames: { "#text": attribute },
		ExpressionAttributeValues: { ":after": { S: after }, ...(before !== undefined && { ":before": { S: before } }) },
	});
	return isReplaced || (await textAt(client, table, userName, attribute)) === after;
}
