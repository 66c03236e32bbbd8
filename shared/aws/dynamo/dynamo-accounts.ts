import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { accountJson } from "../../contracts/account.ts";
import { credentialsJson } from "../../contracts/credential.ts";
import type { AccountStore } from "../../usecases/accounts/account-store.ts";
import type { CredentialStore } from "../../usecases/accounts/credential-store.ts";

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

/** An attribute of an account's row, by a strongly consistent read. */
export async function textAt(client: DynamoDBClient, table: string, userName: string, attribute: string) {
	const answer = await client.send(
		new GetItemCommand({ TableName: table, Key: { user_name: { S: userName } }, ConsistentRead: true }),
	);
	return answer.Item?.[attribute]?.S;
}
