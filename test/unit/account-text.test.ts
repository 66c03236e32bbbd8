import { describe, expect, it } from "vitest";
import {
	accountJson,
	accountToJson,
	secretsInAccountJson,
	webhookSecretsJson,
	webhookSecretsToJson,
} from "#shared/contracts/account.ts";
import { type Account, noWebhookSecrets, type WebhookSecrets } from "#shared/domain/accounts/account.ts";
import { anAccount } from "#test/fakes/builders.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

describe("an account's JSON", () => {
	it.each<[string, Partial<Account>]>([
		["few settings", { webhook: null, senders: [] }],
		[
			"all settings",
			{
				disabled: true,
				senders: [{ name: "AD", defaultTimeBounds: "ad99", allowedTimeBounds: ["ad99", "full"] }],
				duplicates: "replay",
				limits: { requestsPerSecond: 5, messagesPerDay: 7 },
				hourlyLimits: { messages: 100, perRecipient: 3, perNumberBlock: 50 },
				webhook: {
					url: "https://client.example/r",
					ack: "any2xx",
					reports: "all",
				},
				smpp: {
					bindsMax: 2,
					windowMax: 9,
					networks: ["203.0.113.0/24"],
					reportsQueueUrl: "https://sqs.example/1/q",
					reportsBy: "smpp",
				},
			},
		],
		[
			"SMPP from any network",
			{ smpp: { bindsMax: 4, windowMax: 50, networks: null, reportsQueueUrl: null, reportsBy: "smpp" } },
		],
	])("is read back as the account that was written: %s", (_, parts) => {
		const account = anAccount(parts);

		expect(accountJson.parse(accountToJson(account))).toEqual(account);
	});

	it("of an older release is read: without limits by the hour, and with all reports by SMPP", () => {
		const smpp = { binds: 2, window: 9, reports_queue_url: "https://sqs.example/1/q" };
		const older = { user_name: "demo", senders: [], limits: { messages_per_day: 7 }, smpp };

		expect(accountJson.parse(JSON.stringify(older))).toMatchObject({
			limits: { messagesPerDay: 7 },
			hourlyLimits: { messages: null, perRecipient: null, perNumberBlock: null },
			smpp: { reportsQueueUrl: "https://sqs.example/1/q", reportsBy: "smpp" },
		});
	});
});

describe("a webhook's secrets", () => {
	const basic = { user: "u", password: "пароль" };

	it.each<[string, WebhookSecrets]>([
		["none", noWebhookSecrets],
		["Basic", { basic, secrets: [] }],
		["Basic and two keys", { basic, secrets: [secret, secret] }],
	])("are read back from the JSON that was written: %s", (_, secrets) => {
		expect(webhookSecretsJson.parse(webhookSecretsToJson(secrets))).toEqual(secrets);
	});

	it("are read from an account that release 0.1.0 wrote, and are no part of that account", () => {
		const webhook = { url: "https://x/", basic, ack: "document", reports: "final", secrets: [secret] };
		const text = JSON.stringify({ user_name: "a", senders: [], webhook });

		expect(secretsInAccountJson.parse(text)).toEqual({ basic, secrets: [secret] });
		expect(accountJson.parse(text).webhook).toEqual({ url: "https://x/", ack: "document", reports: "final" });
		expect(secretsInAccountJson.parse('{"user_name":"a","senders":[]}')).toEqual(noWebhookSecrets);
	});
});
