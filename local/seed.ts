import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoShortCodes } from "#shared/aws/dynamo/dynamo-short-codes.ts";
import type { AccountDocument, WebhookSecretsDocument } from "#shared/contracts/account.ts";
import { keywordOf, type ShortCodeEntry } from "#shared/domain/incoming/short-codes.ts";
import { credentialFor } from "#shared/usecases/accounts/authenticate.ts";
import type { EngineUrls } from "./engines/create-resources.ts";
import { localStackKey } from "./permissions/callers.ts";
import type { StackPlan } from "./template/stack-plan.ts";
import { type AwsJson, awsJson } from "./wire/aws-json.ts";

export type SeedAccount = {
	readonly account: AccountDocument;
	readonly password: string;
	readonly webhookSecrets?: WebhookSecretsDocument;
	/** Creates a queue for the account, from which its SMPP session gets reports. */
	readonly reportsBySmpp?: true;
};

/** What the local stack signs the reports of its demo accounts with. The guides for clients name it. */
export const demoWebhookSecret = "whsec_dGhlLWRlbW8tYWNjb3VudHMtc2VjcmV0";

/** The accounts of every local stack, if it begins without accounts: two, so that each can try to read what belongs to the other. */
export function demoAccounts(sinkUrl: string): readonly SeedAccount[] {
	return ["demo", "demo2"].map((name) => ({
		account: {
			user_name: name,
			senders: [{ name: "SMSGW" }],
			default_time_bounds: "full",
			webhook: { url: `${sinkUrl}/${name}` },
			smpp: { binds: 4, window: 50, reports_by: "channel" },
		},
		password: name,
		webhookSecrets: { secrets: [demoWebhookSecret] },
		reportsBySmpp: true,
	}));
}

export const demoShortCodes: readonly ShortCodeEntry[] = [
	{ shortCode: "9090", keyword: null, userName: "demo" },
	{ shortCode: "9090", keyword: keywordOf("DEMO2"), userName: "demo2" },
];

/** What a local stack has that begins without accounts. */
export type Seeds = { readonly accounts: readonly SeedAccount[]; readonly shortCodes: readonly ShortCodeEntry[] };

/** @property key an access key that allows everything. */
export type SeedNames = { readonly region: string; readonly prefix: string; readonly key?: string };

const credentialsOf = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: "local" });

export async function seed(
	plan: StackPlan,
	{ dynamodb, sqs }: EngineUrls,
	{ region, prefix, key = localStackKey }: SeedNames,
	{ accounts, shortCodes }: Seeds,
): Promise<void> {
	const call = awsJson("dynamodb", dynamodb, region, key);
	if (await hasRows(call, plan.tables["accounts"]?.name)) return;
	await addAccounts(plan, { dynamodb, sqs }, { region, prefix, key }, accounts);
	await seedShortCodes(shortCodes, plan, dynamodb, { region, key });
}

export async function addAccounts(
	plan: StackPlan,
	{ dynamodb, sqs }: Pick<EngineUrls, "dynamodb" | "sqs">,
	{ region, prefix, key = localStackKey }: SeedNames,
	accounts: readonly SeedAccount[],
): Promise<void> {
	const call = awsJson("dynamodb", dynamodb, region, key);
	const put = async (role: string, userName: string, attribute: string, value: unknown) =>
		await call("PutItem", {
			TableName: plan.tables[role]?.name,
			Item: { user_name: { S: userName }, [attribute]: { S: JSON.stringify(value) } },
		});
	await Promise.all(
		accounts.map(async ({ account: given, password, webhookSecrets, reportsBySmpp }) => {
			const account = reportsBySmpp ? await withQueue(given, sqs, { region, prefix, key }) : given;
			await put("credentials", account.user_name, "credentials", [await credentialFor(password, Date.now())]);
			if (webhookSecrets) await put("webhook-secrets", account.user_name, "webhook_secrets", webhookSecrets);
			await put("accounts", account.user_name, "account", account);
		}),
	);
}

async function hasRows(call: AwsJson, TableName: string | undefined): Promise<boolean> {
	const { Count } = await call("Scan", { TableName, Limit: 1 });
	return Count !== 0;
}

async function seedShortCodes(
	all: readonly ShortCodeEntry[],
	{ tables }: StackPlan,
	endpoint: string,
	{ region, key }: { readonly region: string; readonly key: string },
): Promise<void> {
	const table = tables["short-codes"];
	if (table === undefined || all.length === 0) return;
	const client = new DynamoDBClient({
		endpoint,
		region,
		credentials: credentialsOf(key),
	});
	const shortCodes = dynamoShortCodes(client, table.name, { error: () => undefined });
	for (const entry of all) await shortCodes.put(entry);
	client.destroy();
}

async function withQueue(account: AccountDocument, endpoint: string, { region, prefix, key }: Required<SeedNames>) {
	const [{ SQSClient }, { createAccountQueue }] = await Promise.all([
		import("@aws-sdk/client-sqs"),
		import("#shared/aws/sqs/create-account-queue.ts"),
	]);
	const client = new SQSClient({ endpoint, region, credentials: credentialsOf(key) });
	const url = await createAccountQueue(client, prefix, account.user_name);
	client.destroy();
	/* The host in the engine's URL may not resolve on this machine. */
	const reports_queue_url = `${endpoint}${new URL(url).pathname}`;
	return { ...account, smpp: { ...account.smpp, reports_queue_url } };
}
