import * as z from "zod";
import { accountFields } from "#shared/contracts/account.ts";
import { credentialFor } from "#shared/usecases/accounts/authenticate.ts";
import { accountView, stateOf } from "../account-view.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, newAccountName, passwordFile, secretIn } from "../inputs.ts";
import { asRecord, asSentence, asTable } from "../output.ts";
import { accountBook, accountOf, changeAccount, credentialBook } from "./account-books.ts";
import { randomPassword } from "./account-passwords.ts";

const settings = [
	[
		"--default-time-bounds <window>",
		"the window of messages that name none: def, wd99, wd911, ad96, ad99, ad911, full",
	],
	["--duplicates <how>", 'what a repeated request is answered: "refuse" (code 23) or "replay" (its 201 again)'],
] as const;

const settingsInput = {
	defaultTimeBounds: accountFields.timeBounds.optional(),
	duplicates: accountFields.duplicates.optional(),
};

const create = command({
	call: "create <account>",
	description: "makes an account, and prints its password once",
	options: [
		["--sender <name...>", "the names that it may send under"],
		...settings,
		[
			"--password-file <file>",
			"take its password from this file (- is standard input) in the place of a generated one",
		],
	],
	example: "accounts create kaspi --sender KASPI --default-time-bounds full --stage prod",
	input: z.object({
		account: newAccountName,
		sender: z.array(accountFields.senderName).default([]),
		passwordFile,
		...settingsInput,
	}),
	async run({ account: userName, sender, passwordFile, defaultTimeBounds = "def", duplicates = "refuse" }, target) {
		const password = passwordFile === undefined ? randomPassword(false) : await secretIn(passwordFile);
		const credential = await credentialFor(password);
		const isNew = await accountBook(target).create({
			userName,
			disabled: false,
			senders: [...new Set(sender)].map((name) => ({ name, defaultTimeBounds: null, allowedTimeBounds: null })),
			defaultTimeBounds,
			duplicates,
			limits: { requestsPerSecond: null, messagesPerDay: null },
			webhook: null,
			smpp: null,
		});
		const alreadyExists = () => new CommandError(`there is an account ${userName} already`);
		if (!isNew) throw alreadyExists();
		/* Last: an account without a password does no harm, and the same call again gives it one. One that has some keeps them. */
		await credentialBook(target).change(userName, (before) => {
			if (before.length > 0) throw alreadyExists();
			return [credential];
		});
		const passwordField = passwordFile === undefined ? { password } : {};
		return asRecord({ account: userName, ...passwordField, senders: sender });
	},
});

const show = command({
	call: "show <account>",
	description: "what an account may do, and where its reports go; no secrets",
	example: "accounts show kaspi --json --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		const account = await accountOf(target, userName);
		return asRecord(accountView(account, await credentialBook(target).find(userName), Date.now()));
	},
});

const list = command({
	call: "list",
	isDefault: true,
	description: "all accounts",
	example: "accounts list --stage prod",
	input: z.object({}),
	async run(_, target) {
		const accounts = await accountBook(target).list();
		const rows = accounts.map((account) => ({
			account: account.userName,
			state: stateOf(account),
			senders: account.senders.map(({ name }) => name).join(" "),
			webhook: account.webhook?.url ?? null,
			smpp_binds: account.smpp?.bindsMax ?? null,
		}));
		return asTable(rows, "there are no accounts");
	},
});

const set = command({
	call: "set <account>",
	description: "changes how an account's messages are taken",
	options: settings,
	example: "accounts set kaspi --duplicates replay --stage prod",
	input: z.object({ account: accountName, ...settingsInput }).refine((given) => Object.keys(given).length > 1, {
		error: "or --duplicates must be given",
		path: ["defaultTimeBounds"],
	}),
	async run({ account: userName, defaultTimeBounds, duplicates }, target) {
		const account = await changeAccount(target, userName, (before) => ({
			...before,
			defaultTimeBounds: defaultTimeBounds ?? before.defaultTimeBounds,
			duplicates: duplicates ?? before.duplicates,
		}));
		return asRecord({
			account: userName,
			default_time_bounds: account.defaultTimeBounds,
			duplicates: account.duplicates,
		});
	},
});

const disable = command({
	call: "disable <account>",
	description: "lets nobody in by this account any more",
	notes:
		"It takes up to a minute, for a password that was verified is believed so long. What the account sent before is\ndelivered and reported.",
	irreversible: "shuts a client out within a minute",
	example: "accounts disable kaspi --yes --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		await changeAccount(target, userName, (account) => ({ ...account, disabled: true }));
		return asSentence(`${userName} is disabled`, { account: userName, state: "disabled" });
	},
});

const enable = command({
	call: "enable <account>",
	description: "lets an account's client in again, with the passwords that it had",
	example: "accounts enable kaspi --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		await changeAccount(target, userName, (account) => ({ ...account, disabled: false }));
		return asSentence(`${userName} is enabled`, { account: userName, state: "enabled" });
	},
});

export const accountCommands = [list, show, create, set, disable, enable];
