import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { accountJson, secretsInAccountJson, webhookSecretsJson } from "../../contracts/account.ts";
import { credentialsJson } from "../../contracts/credential.ts";
import { noWebhookSecrets } from "../../domain/accounts/account.ts";
import type { AccountStore } from "../../usecases/accounts/account-store.ts";
import type { CredentialStore } from "../../usecases/accounts/credential-store.ts";
import type { WebhookSecretStore } from "../../usecases/accounts/webhook-secret-store.ts";

export function dynamoAccounts(client: DynamoDBClient, table: string): AccountStore {
	return {
		async find(userName) {
			const text = await textAt(client, table, userName, "account");
			return text === undefined ? null : accountJson.parse(text);
		},
	};
}

/** Password hashes in the Credentials table, which only processes that authenticate clients may read. */
export function dynamoCredentials(client: DynamoDBClient, table: string): CredentialStore {
	return {
		async find(userName) {
			const text = await textAt(client, table, userName, "credentials");
			return text === undefined ? [] : credentialsJson.parse(text);
		},
	};
}

export type WebhookSecretTables = { readonly webhookSecrets: string; readonly accounts: string };

/**
 * Webhook secrets in the table of their own, which only the reports function may read. An account that release 0.1.0
 * wrote has them in its own row, until the command line changes the account.
 */
export function dynamoWebhookSecrets(client: DynamoDBClient, tables: WebhookSecretTables): WebhookSecretStore {
	return {
		async find(userName) {
			const text = await textAt(client, tables.webhookSecrets, userName, "webhook_secrets");
			if (text !== undefined) return webhookSecretsJson.parse(text);
			const account = await textAt(client, tables.accounts, userName, "account");
			return account === undefined ? noWebhookSecrets : secretsInAccountJson.parse(account);
		},
	};
}

/** An attribute of an account's row, by a strongly consistent read. */
export async function textAt(client: DynamoDBClient, table: string, userName: string, attribute: string) {
	const answer = await client.send(
		new GetItemCommand({ TableName: table, Key: { user_name: { S: userName } }, ConsistentRead: true }),
	);
	return answer.Item?.[attribute]?.S;
}
