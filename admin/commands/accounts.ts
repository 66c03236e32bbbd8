import * as z from "zod";
import { accountFields } from "#shared/contracts/account.ts";
import { noHourlyLimits } from "#shared/domain/accounts/account.ts";
import { type FinalText, finalTexts } from "#shared/domain/message/final-text.ts";
import { credentialFor } from "#shared/usecases/accounts/authenticate.ts";
import { accountView, stateOf } from "../account-view.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, newAccountName, passwordFile, secretIn, senderName } from "../inputs.ts";
import { maskedUrl } from "../masked-url.ts";
import { asRecord, asSentence, asTable } from "../output.ts";
import { randomPassword } from "./account-passwords.ts";
import {
	accountOf,
	accountRepository,
	changeAccount,
	credentialRepository,
	webhookSecretRepository,
} from "./account-repositories.ts";

const settings = [
	["--default-time-bounds <window>", "for messages without time bounds: def, wd99, wd911, ad96, ad99, ad911, full"],
	[
		"--final-texts <how>",
		'a text once its message has ended: "keep", "mask-codes" or "remove"; "stage" as the stage has it',
	],
	["--duplicates <how>", 'answer to a repeated request: "refuse" (code 23) or "replay" (the same 201 again)'],
] as const;

const settingsInput = {
	defaultTimeBounds: accountFields.timeBounds.optional(),
	finalTexts: z.enum([...finalTexts, "stage"]).optional(),
	duplicates: accountFields.duplicates.optional(),
};

const finalTextsOf = (given: FinalText | "stage") => (given === "stage" ? null : given);

const create = command({
	call: "create <account>",
	description: "create an account and print its password once",
	notes:
		"--default-time-bounds is required, because it decides when messages go that name no time bounds: full at any hour, as\none-time passwords need it; def only from Monday to Friday, 9 to 18. A message outside its time bounds waits.",
	options: [
		["--sender <name...>", "senders that it may use"],
		...settings,
		["--password-file <file>", "use the password in this file (- is standard input) instead of a generated one"],
	],
	example: "accounts create kaspi --sender KASPI --default-time-bounds full --stage prod",
	input: z.object({
		account: newAccountName,
		sender: z.array(senderName).default([]),
		passwordFile,
		...settingsInput,
		defaultTimeBounds: accountFields.timeBounds,
	}),
	async run({ account: userName, sender, passwordFile, ...given }, target) {
		const { defaultTimeBounds, duplicates = "refuse", finalTexts: texts = "stage" } = given;
		const password = passwordFile === undefined ? randomPassword(false) : await secretIn(passwordFile);
		const credential = await credentialFor(password, Date.now());
		const isNew = await accountRepository(target).create({
			userName,
			disabled: false,
			senders: [...new Set(sender)].map((name) => ({ name, defaultTimeBounds: null, allowedTimeBounds: null })),
			defaultTimeBounds,
			duplicates,
			limits: { requestsPerSecond: null, messagesPerDay: null },
			hourlyLimits: noHourlyLimits,
			finalTexts: finalTextsOf(texts),
			webhook: null,
			smpp: null,
		});
		const alreadyExists = () => new CommandError(`account ${userName} already exists`);
		if (!isNew) throw alreadyExists();
		/* Last: an account without a password is harmless, and the same call completes it. An account with passwords keeps them. */
		await credentialRepository(target).change(userName, (before) => {
			if (before.length > 0) throw alreadyExists();
			return [credential];
		});
		const passwordField = passwordFile === undefined ? { password } : {};
		return asRecord({
			account: userName,
			...passwordField,
			senders: sender,
			default_time_bounds: defaultTimeBounds,
		});
	},
});

const show = command({
	call: "show <account>",
	description: "show an account without its secrets",
	example: "accounts show kaspi --json --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		const account = await accountOf(target, userName);
		const credentials = await credentialRepository(target).find(userName);
		const secrets = await webhookSecretRepository(target).find(userName);
		return asRecord(accountView(account, credentials, secrets, Date.now()));
	},
});

const list = command({
	call: "list",
	isDefault: true,
	description: "list all accounts",
	example: "accounts list --stage prod",
	input: z.object({}),
	async run(_, target) {
		const accounts = await accountRepository(target).list();
		const rows = accounts.map((account) => ({
			account: account.userName,
			state: stateOf(account),
			senders: account.senders.map(({ name }) => name).join(" "),
			webhook: account.webhook && maskedUrl(account.webhook.url),
			smpp_binds: account.smpp?.bindsMax ?? null,
		}));
		return asTable(rows, "no accounts");
	},
});

const set = command({
	call: "set <account>",
	description: "change an account's settings",
	options: settings,
	example: "accounts set kaspi --duplicates replay --stage prod",
	input: z.object({ account: accountName, ...settingsInput }).refine((given) => Object.keys(given).length > 1, {
		error: "give --default-time-bounds, --final-texts or --duplicates",
	}),
	async run({ account: userName, defaultTimeBounds, finalTexts: texts, duplicates }, target) {
		const account = await changeAccount(target, userName, (before) => ({
			...before,
			defaultTimeBounds: defaultTimeBounds ?? before.defaultTimeBounds,
			finalTexts: texts === undefined ? before.finalTexts : finalTextsOf(texts),
			duplicates: duplicates ?? before.duplicates,
		}));
		return asRecord({
			account: userName,
			default_time_bounds: account.defaultTimeBounds,
			final_texts: account.finalTexts ?? "as the stage",
			duplicates: account.duplicates,
		});
	},
});

const disable = command({
	call: "disable <account>",
	description: "refuse all requests and binds of an account",
	notes:
		"It takes up to a minute, since tasks and functions trust a verified password that long. Messages that the account sent\nbefore are delivered and reported.",
	irreversible: "locks a client out within a minute",
	example: "accounts disable kaspi --yes --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		await changeAccount(target, userName, (account) => ({ ...account, disabled: true }));
		return asSentence(`${userName} is disabled`, { account: userName, state: "disabled" });
	},
});

const enable = command({
	call: "enable <account>",
	description: "admit a disabled account again, with its passwords",
	example: "accounts enable kaspi --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		await changeAccount(target, userName, (account) => ({ ...account, disabled: false }));
		return asSentence(`${userName} is enabled`, { account: userName, state: "enabled" });
	},
});

export const accountCommands = [list, show, create, set, disable, enable];
