import { randomUUID } from "node:crypto";
import * as z from "zod";
import { accountFields } from "#shared/contracts/account.ts";
import type { Account, Webhook } from "#shared/domain/accounts/account.ts";
import { httpWebhooks } from "#shared/net/http-webhooks.ts";
import { publicLookup } from "#shared/net/public-lookup.ts";
import { testWebhook } from "#shared/usecases/reports/test-webhook.ts";
import type { WebhookAnswer } from "#shared/usecases/reports/webhooks.ts";
import { webhookView } from "../account-view.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, passwordFile, secretIn } from "../inputs.ts";
import { asRecord, asSentence } from "../output.ts";
import { accountOf, changeAccount } from "./account-books.ts";

const account = z.object({ account: accountName });

export function webhookOf({ userName, webhook }: Account): Webhook {
	return webhook ?? noWebhook(userName);
}

function noWebhook(userName: string): never {
	throw new CommandError(`${userName} has no webhook`);
}

const show = command({
	call: "show <account>",
	description: "where an account's reports go, and what confirms them",
	example: "accounts webhook show kaspi --stage prod",
	input: account,
	run: async ({ account: userName }, target) => asRecord(webhookView(webhookOf(await accountOf(target, userName)))),
});

const set = command({
	call: "set <account> <url>",
	description: "says where an account's reports go; what is not named stays as it was",
	options: [
		["--basic-user <name>", "its server asks for HTTP Basic, with this name"],
		["--basic-password-file <file>", "and the password in this file (- is standard input)"],
		["--no-basic", "its server asks for no HTTP Basic any more"],
		["--ack <kind>", 'what confirms a report: "document" (204, or 200 or 201 with OK), or "any2xx"'],
		["--reports <kind>", 'what is reported: "final" ends only, or "all", SENT and EN_ROUTE too'],
	],
	example: "accounts webhook set kaspi https://sms.kaspi.example/reports --ack any2xx --stage prod",
	input: z
		.object({
			account: accountName,
			url: accountFields.webhookUrl,
			basicUser: z
				.string()
				.regex(/^[^:\p{C}]+$/u, "must have no colon or control character")
				.optional(),
			basicPasswordFile: passwordFile,
			basic: z.boolean().optional(),
			ack: accountFields.ack.optional(),
			reports: accountFields.reports.optional(),
		})
		.refine(({ basicUser: user, basicPasswordFile: file }) => (user === undefined) === (file === undefined), {
			error: "and --basic-password-file go together",
			path: ["basicUser"],
		})
		.refine(({ basicUser: user, basic }) => user === undefined || basic !== false, {
			error: "and --no-basic say opposite things",
			path: ["basicUser"],
		}),
	async run({ account: userName, url, basicUser, basicPasswordFile, basic, ack, reports }, target) {
		const login =
			basicUser === undefined || basicPasswordFile === undefined
				? null
				: { user: basicUser, password: await secretIn(basicPasswordFile) };
		const { webhook } = await changeAccount(target, userName, (before) => ({
			...before,
			webhook: {
				url,
				basic: login ?? (basic === false ? null : (before.webhook?.basic ?? null)),
				ack: ack ?? before.webhook?.ack ?? "document",
				reports: reports ?? before.webhook?.reports ?? "final",
				secrets: before.webhook?.secrets ?? [],
			},
		}));
		return asRecord({ account: userName, ...(webhook && webhookView(webhook)) });
	},
});

const remove = command({
	call: "remove <account>",
	description: "tells an account's server no more",
	irreversible: "lets all reports of the account that wait now, and its secrets, go",
	example: "accounts webhook remove kaspi --yes --stage prod",
	input: account,
	async run({ account: userName }, target) {
		await changeAccount(target, userName, (before) => {
			webhookOf(before);
			return { ...before, webhook: null };
		});
		return asSentence(`${userName} has no webhook any more`, { account: userName, webhook: null });
	},
});

/** As long as a report's call may take. */
const limitMs = 10_000;

const test = command({
	call: "test <account>",
	description: "calls an account's server as a report does, with a report of no message",
	notes:
		"The call is signed and guarded as every report's is: no private address, no redirect, ten seconds. It comes from this\nmachine, so a server that lets only the gateway's own address in refuses it. Exit code 1 where it is not confirmed.",
	example: "accounts webhook test kaspi --stage prod",
	input: account,
	async run({ account: userName }, target) {
		const webhook = webhookOf(await accountOf(target, userName));
		const webhooks = httpWebhooks({ limitMs, lookup: target.privateWebhooks ? null : publicLookup() });
		const id = `test-${randomUUID()}`;
		const { answer, confirmed } = await testWebhook({ webhooks, now: Date.now }, webhook, id);
		const data = { account: userName, url: webhook.url, confirmed, webhook_id: id, ...answerView(answer) };
		return { ...asRecord(data), exitCode: confirmed ? 0 : 1 };
	},
});

const bodyCharactersMax = 200;

function answerView(answer: WebhookAnswer) {
	if (answer.kind === "failed") return { failed: answer.reason };
	return { status: answer.status, body: JSON.stringify(answer.body.slice(0, bodyCharactersMax)) };
}

export const webhookCommands = [show, set, test, remove];
