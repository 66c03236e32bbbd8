import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { accountJson } from "../../contracts/account.ts";
import { credentialsJson } from "../../contracts/credential.ts";
import type { AccountStore } from "../../usecases/accounts/account-store.ts";
import type { CredentialStore } from "../../usecases/accounts/credential-store.ts";

/** Accounts in their table, each as one JSON text. */
export function dynamoAccounts(client: DynamoDBClient, table: string): AccountStore {
	return {
		async find(userName) {
			const text = await textAt(client, table, userName, "account");
			return text === undefined ? null : accountJson.parse(text);
		},
	};
}

/** The password hashes of accounts, in a table that only those may read who let clients in. */
export function dynamoCredentials(client: DynamoDBClient, table: string): CredentialStore {
	return {
		async find(userName) {
			const text = await textAt(client, table, userName, "credentials");
			return text === undefined ? [] : credentialsJson.parse(text);
		},
	};
}

/** An attribute of an account's row, as it is now. */
export async function textAt(client: DynamoDBClient, table: string, userName: string, attribute: string) {
	const answer = await client.send(
		new GetItemCommand({ TableName: table, Key: { user_name: { S: userName } }, ConsistentRead: true }),
	);
	return answer.Item?.[attribute]?.S;
}
