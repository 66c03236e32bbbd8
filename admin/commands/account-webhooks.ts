import { randomUUID } from "node:crypto";
import * as z from "zod";
import { accountFields } from "#shared/contracts/account.ts";
import { type Account, noWebhookSecrets, type Webhook } from "#shared/domain/accounts/account.ts";
import { answerLimitMs } from "#shared/domain/reports/report-retries.ts";
import { httpWebhooks } from "#shared/net/http-webhooks.ts";
import { publicLookup } from "#shared/net/public-lookup.ts";
import { testWebhook } from "#shared/usecases/reports/test-webhook.ts";
import type { WebhookAnswer } from "#shared/usecases/reports/webhooks.ts";
import { webhookView } from "../account-view.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, passwordFile, secretIn } from "../inputs.ts";
import { maskedUrl } from "../masked-url.ts";
import { asRecord, asSentence } from "../output.ts";
import type { Target } from "../target.ts";
import { accountOf, changeAccount, webhookSecretRepository } from "./account-repositories.ts";

const account = z.object({ account: accountName });

export function webhookOf({ userName, webhook }: Account): Webhook {
	return webhook ?? noWebhook(userName);
}

function noWebhook(userName: string): never {
	throw new CommandError(`${userName} has no webhook`);
}

/** zod also calls this for a text that is no URL, which is refused already. */
const webhookUrl = accountFields.webhookUrl.refine((text) => {
	const { username = "", password = "" } = URL.parse(text) ?? {};
	return username === "" && password === "";
}, "a URL without a name and password: give them by --basic-user and --basic-password-file");

const show = command({
	call: "show <account>",
	description: "show an account's webhook",
	example: "accounts webhook show kaspi --stage prod",
	input: account,
	async run({ account: userName }, target) {
		const webhook = webhookOf(await accountOf(target, userName));
		return asRecord(webhookView(webhook, await webhookSecretRepository(target).find(userName)));
	},
});

const set = command({
	call: "set <account> <url>",
	description: "set the URL of an account's reports; absent options stay as they are",
	options: [
		["--basic-user <name>", "user name for HTTP Basic"],
		["--basic-password-file <file>", "file with the password for HTTP Basic (- is standard input)"],
		["--no-basic", "stop sending HTTP Basic"],
		["--ack <kind>", 'answer that confirms a report: "document" (204, or 200 or 201 with OK) or "any2xx"'],
		["--reports <kind>", 'statuses to report: "final" only, or "all", which adds SENT and EN_ROUTE'],
	],
	example: "accounts webhook set kaspi https://sms.kaspi.example/reports --ack any2xx --stage prod",
	input: z
		.object({
			account: accountName,
			url: webhookUrl,
			basicUser: z
				.string()
				.regex(/^[^:\p{C}]+$/u, "a name without colons and control characters")
				.optional(),
			basicPasswordFile: passwordFile,
			basic: z.boolean().optional(),
			ack: accountFields.ack.optional(),
			reports: accountFields.reports.optional(),
		})
		.refine(({ basicUser: user, basicPasswordFile: file }) => (user === undefined) === (file === undefined), {
			error: "give --basic-user and --basic-password-file together",
		})
		.refine(({ basicUser: user, basic }) => user === undefined || basic !== false, {
			error: "give --basic-user or --no-basic, not both",
		}),
	async run({ account: userName, url, basicUser, basicPasswordFile, basic, ack, reports }, target) {
		const login =
			basicUser === undefined || basicPasswordFile === undefined
				? null
				: { user: basicUser, password: await secretIn(basicPasswordFile) };
		await accountOf(target, userName);
		const isKept = login === null && basic !== false;
		const repository = webhookSecretRepository(target);
		/* Before the account: a new URL never gets an old password that the command removes. */
		const secrets = isKept
			? await repository.find(userName)
			: await repository.change(userName, (before) => ({ ...before, basic: login }));
		const { webhook } = await changeAccount(target, userName, (before) => ({
			...before,
			webhook: {
				url,
				ack: ack ?? before.webhook?.ack ?? "document",
				reports: reports ?? before.webhook?.reports ?? "final",
			},
		}));
		return asRecord({ account: userName, ...(webhook && webhookView(webhook, secrets)) });
	},
});

const remove = command({
	call: "remove <account>",
	description: "remove an account's webhook",
	irreversible: "discards the account's waiting reports and its secrets",
	example: "accounts webhook remove kaspi --yes --stage prod",
	input: account,
	async run({ account: userName }, target) {
		webhookOf(await accountOf(target, userName));
		/* First: secrets that stayed would go to the next webhook. */
		await webhookSecretRepository(target).change(userName, () => noWebhookSecrets);
		await changeAccount(target, userName, (before) => ({ ...before, webhook: null }));
		return asSentence(`the webhook of ${userName} is removed`, { account: userName, webhook: null });
	},
});

const test = command({
	call: "test <account>",
	description: "call an account's webhook like a report, with no message in it",
	notes:
		"The call is signed and restricted like a report: no private address, no redirect, ten seconds. It comes from this\nmachine, so a server that admits only the gateway's addresses refuses it. Exit code 1 if it is not confirmed.",
	example: "accounts webhook test kaspi --stage prod",
	input: account,
	async run({ account: userName }, target) {
		const tested = await testWebhookOf(target, userName);
		return { ...asRecord(tested), exitCode: tested.confirmed ? 0 : 1 };
	},
});

/** Posts a report without messages to an account's webhook. @throws CommandError if it has none. */
export async function testWebhookOf(target: Target, userName: string) {
	const webhook = webhookOf(await accountOf(target, userName));
	const webhooks = httpWebhooks({ limitMs: answerLimitMs, lookup: target.privateWebhooks ? null : publicLookup() });
	const id = `test-${randomUUID()}`;
	const { answer, confirmed } = await testWebhook(
		{ webhooks, now: Date.now },
		{ ...webhook, ...(await webhookSecretRepository(target).find(userName)) },
		id,
	);
	return { account: userName, url: maskedUrl(webhook.url), confirmed, webhook_id: id, ...answerView(answer) };
}

const bodyCharactersMax = 200;

function answerView(answer: WebhookAnswer) {
	if (answer.kind === "failed") return { failed: answer.reason };
	return { status: answer.status, body: JSON.stringify(answer.body.slice(0, bodyCharactersMax)) };
}

export const webhookCommands = [show, set, test, remove];
