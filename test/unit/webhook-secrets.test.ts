import { BatchWriteItemCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import {
	accountsHoldingSecrets,
	dynamoAccountRepository,
	dynamoWebhookSecretRepository,
} from "#shared/aws/dynamo/dynamo-account-books.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { dynamoEngine } from "#test/simulation/aws/dynamo-engine.ts";
import { dynamoClientOf } from "#test/simulation/aws/engine-clients.ts";

const secrets = [`whsec_${Buffer.alloc(32, 7).toString("base64")}`];
const basic = { user: "u", password: "hunter2" };

/** A table with an account as release 0.1.0 wrote it, its webhook's secrets among its settings. */
async function oldAccount() {
	const names = { accounts: "accounts", webhookSecrets: "webhook-secrets" };
	const engine = dynamoEngine(
		Object.values(names).map((name) => ({ name, hash: { name: "user_name", type: "S" } as const })),
	);
	const client = dynamoClientOf(async (operation, input) => engine.execute(operation, input));
	const webhook = { url: "https://x/", basic, ack: "any2xx", reports: "final", secrets };
	const account = JSON.stringify({ user_name: "old", senders: [], webhook });
	const Item = { user_name: { S: "old" }, account: { S: account } };
	await client.send(new BatchWriteItemCommand({ RequestItems: { [names.accounts]: [{ PutRequest: { Item } }] } }));
	const accountText = async () => {
		const get = new GetItemCommand({
			TableName: names.accounts,
			Key: { user_name: { S: "old" } },
			ConsistentRead: true,
		});
		return (await client.send(get)).Item?.["account"]?.S ?? "";
	};
	return {
		accounts: dynamoAccountRepository(client, names, memoryLog()),
		webhookSecrets: dynamoWebhookSecretRepository(client, names),
		accountText,
		holding: async () => await accountsHoldingSecrets(client, names.accounts),
	};
}

describe("webhook secrets in an account of release 0.1.0", () => {
	it("are read until they have a row of their own", async () => {
		const { webhookSecrets } = await oldAccount();

		expect(await webhookSecrets.find("old")).toEqual({ basic, secrets });
	});

	it("move to a row of their own, and leave the account, when the account is changed", async () => {
		const { accounts, webhookSecrets, accountText, holding } = await oldAccount();
		const before = await holding();

		await accounts.change("old", (account) => ({ ...account, duplicates: "replay" }));

		expect(await webhookSecrets.find("old")).toEqual({ basic, secrets });
		expect([before, await holding()]).toEqual([["old"], []]);
		expect(await accountText()).toContain("replay");
		expect(await accountText()).not.toMatch(/hunter2|whsec_/);
		expect(await accounts.find("old")).toMatchObject({ webhook: { url: "https://x/", ack: "any2xx" } });
	});

	it("stay removed once they are removed", async () => {
		const { accounts, webhookSecrets } = await oldAccount();

		await webhookSecrets.change("old", () => ({ basic: null, secrets: [] }));
		await accounts.change("old", (before) => before);

		expect(await webhookSecrets.find("old")).toEqual({ basic: null, secrets: [] });
	});
});
