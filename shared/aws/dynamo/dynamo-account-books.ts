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

/** More than as many operators as would work on one account in one moment. */
const triesMax = 5;

/** Accounts in their table, to be kept. Each is one JSON text, which is written only in the place of the one that was read. */
export function dynamoAccountRepository(client: DynamoDBClient, table: string, log: RowLog): AccountRepository {
	const reading = rowReading(log, "accounts", ["user_name"], ({ account }) =>
		accountJson.parse(account?.S ?? malformed("account", account)),
	);
	const text = (userName: string) => textAt(client, table, userName, "account");
	const replace = async (userName: string, before: string | undefined, after: string) =>
		await replaceText(client, { table, userName, attribute: "account" }, before, after);
	return {
		async find(userName) {
			const written = await text(userName);
			return written === undefined ? null : accountJson.parse(written);
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
			throw new Error(`account ${userName}: others keep writing it`);
		},
	};
}

/** Password hashes in their table, to be kept. */
export function dynamoCredentialRepository(client: DynamoDBClient, table: string): CredentialRepository {
	const read = async (userName: string) => {
		const written = await textAt(client, table, userName, "credentials");
		return { written, credentials: written === undefined ? [] : credentialsJson.parse(written) };
	};
	return {
		find: async (userName) => (await read(userName)).credentials,
		async change(userName, change) {
			const place = { table, userName, attribute: "credentials" };
			for (let tries = 0; tries < triesMax; tries += 1) {
				const { written, credentials } = await read(userName);
				const after = change(credentials);
				if (await replaceText(client, place, written, credentialsToJson(after))) return after;
			}
			throw new Error(`passwords of ${userName}: others keep writing them`);
		},
	};
}

type TextPlace = { readonly table: string; readonly userName: string; readonly attribute: string };

/** False where the text is another than `before`; undefined: where there is one. */
async function replaceText(
	client: DynamoDBClient,
	{ table, userName, attribute }: TextPlace,
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
		/* A call that the SDK sent twice may have met its own text. */
		if (!(error instanceof ConditionalCheckFailedException)) throw error;
		return (await textAt(client, table, userName, attribute)) === after;
	}
}
