import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	paginateScan,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { accountJson, accountToJson } from "../../contracts/account.ts";
import { credentialsJson, credentialsToJson } from "../../contracts/credential.ts";
import type { Account } from "../../domain/accounts/account.ts";
import type { AccountRepository } from "../../usecases/accounts/account-store.ts";
import type { CredentialRepository } from "../../usecases/accounts/credential-store.ts";
import { malformed } from "./columns.ts";
import { textAt } from "./dynamo-accounts.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/** Enough for the few people who may change one account at the same moment. */
const triesMax = 5;

/** Reads and changes accounts, each one JSON text. A write succeeds only if the stored text is still the one that was read. */
export function dynamoAccountRepository(client: DynamoDBClient, table: string, log: RowLog): AccountRepository {
	const reading = rowReading(log, "accounts", ["user_name"], ({ account }) =>
		accountJson.parse(account?.S ?? malformed("account", account)),
	);
	const text = (userName: string) => textAt(client, table, userName, "account");
	const replace = async (userName: string, before: string | undefined, after: string) =>
		await replaceText(client, { table, userName, attribute: "account" }, before, after);
	return {
		async find(userName) {
			const stored = await text(userName);
			return stored === undefined ? null : accountJson.parse(stored);
		},
		async list() {
			const accounts: Account[] = [];
			for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
				accounts.push(...readableRows(Items, reading).rows);
			}
			return accounts.sort((one, other) => (one.userName < other.userName ? -1 : 1));
		},
		create: async (account) => await replace(account.userName, undefined, accountToJson(account)),
		async change(userName, change) {
			for (let tries = 0; tries < triesMax; tries += 1) {
				const before = await text(userName);
				if (before === undefined) return null;
				const after = change(accountJson.parse(before));
				if (await replace(userName, before, accountToJson(after))) return after;
			}
			throw new Error(`account ${userName}: changed by others at the same time; try again`);
		},
	};
}

export function dynamoCredentialRepository(client: DynamoDBClient, table: string): CredentialRepository {
	const read = async (userName: string) => {
		const stored = await textAt(client, table, userName, "credentials");
		return { stored, credentials: stored === undefined ? [] : credentialsJson.parse(stored) };
	};
	return {
		find: async (userName) => (await read(userName)).credentials,
		async change(userName, change) {
			const location = { table, userName, attribute: "credentials" };
			for (let tries = 0; tries < triesMax; tries += 1) {
				const { stored, credentials } = await read(userName);
				const after = change(credentials);
				if (await replaceText(client, location, stored, credentialsToJson(after))) return after;
			}
			throw new Error(`passwords of ${userName}: changed by others at the same time; try again`);
		},
	};
}

type TextLocation = { readonly table: string; readonly userName: string; readonly attribute: string };

/** Writes `after`. False if the stored text is not `before`; an undefined `before` means that there is no text. */
async function replaceText(
	client: DynamoDBClient,
	{ table, userName, attribute }: TextLocation,
	before: string | undefined,
	after: string,
): Promise<boolean> {
	const update = new UpdateItemCommand({
		TableName: table,
		Key: { user_name: { S: userName } },
		UpdateExpression: "SET #text = :after",
		ConditionExpression: before === undefined ? "attribute_not_exists(#text)" : "#text = :before",
		ExpressionAttributeNames: { "#text": attribute },
		ExpressionAttributeValues: { ":after": { S: after }, ...(before !== undefined && { ":before": { S: before } }) },
	});
	try {
		await client.send(update);
		return true;
	} catch (error) {
		/* A call that the SDK repeats fails on the text that its first attempt wrote. */
		if (!(error instanceof ConditionalCheckFailedException)) throw error;
		return (await textAt(client, table, userName, attribute)) === after;
	}
}
