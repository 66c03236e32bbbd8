import { accountToJson } from "#shared/contracts/account.ts";
import { credentialsToJson } from "#shared/contracts/credential.ts";
import { type Account, noHourlyLimits } from "#shared/domain/accounts/account.ts";
import type { SimulatedDynamoEngine } from "../aws/dynamo-engine.ts";
import { cheapScrypt } from "../kernel/patch-chance.ts";
import { queueUrl, tables } from "./deployment.ts";

/** The clients of every history: one by REST with a webhook, one by REST with replays and reports, one by SMPP. */
export const esmeQueueRole = "account-esme";
export const shortCode = "1414";
const password = "secret12";

function account(userName: string, parts: Partial<Account>): Account {
	return {
		userName,
		disabled: false,
		senders: [
			{ name: "SMSGW", defaultTimeBounds: null, allowedTimeBounds: null },
			{ name: "77010000001", defaultTimeBounds: null, allowedTimeBounds: null },
		],
		defaultTimeBounds: "full",
		limits: { requestsPerSecond: null, messagesPerDay: null },
		hourlyLimits: noHourlyLimits,
		duplicates: "refuse",
		finalTexts: null,
		webhook: { url: `http://webhook.sim/${userName}`, ack: "document", reports: "final" },
		smpp: null,
		...parts,
	};
}

const webhookOf = (userName: string) => ({
	url: `http://webhook.sim/${userName}`,
	ack: "document" as const,
	reports: "all" as const,
});

export const accounts = {
	hook: account("hook", {}),
	replay: account("replay", { duplicates: "replay", finalTexts: "remove", webhook: webhookOf("replay") }),
	esme: account("esme", {
		webhook: null,
		smpp: { bindsMax: 4, windowMax: 50, networks: null, reportsQueueUrl: queueUrl(esmeQueueRole), reportsBy: "smpp" },
	}),
} as const;
export type AccountName = keyof typeof accounts;

export const loginOf = (userName: string) => ({ userName, password });

/**
 * Writes the accounts, their passwords and the short code to the tables. @param messagesPerDay daily quota of the
 * SMPP client.
 */
export function writeAccounts(dynamo: SimulatedDynamoEngine, messagesPerDay: number | null): void {
	const put = (table: string, Item: object) =>
		dynamo.execute("BatchWriteItem", { RequestItems: { [table]: [{ PutRequest: { Item } }] } });
	const limits = { requestsPerSecond: null, messagesPerDay };
	for (const one of [accounts.hook, accounts.replay, { ...accounts.esme, limits }]) {
		const salt = Buffer.from(`salt of ${one.userName}`.padEnd(16, "."));
		const hash = cheapScrypt(password, salt, 32);
		const credential = { salt: salt.toString("base64"), hash: hash.toString("base64"), cost: 2 };
		const user_name = { S: one.userName };
		put(tables.accounts, { user_name, account: { S: accountToJson(one) } });
		put(tables.credentials, { user_name, credentials: { S: credentialsToJson([credential]) } });
	}
	put(tables["short-codes"], {
		short_code: { S: shortCode },
		"keyword:": { S: "esme" },
		"keyword:hook": { S: "hook" },
	});
}
