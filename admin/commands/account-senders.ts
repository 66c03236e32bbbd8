import * as z from "zod";
import { accountFields } from "#shared/contracts/account.ts";
import { senderView } from "../account-view.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName } from "../inputs.ts";
import { asRecord, asSentence, asTable } from "../output.ts";
import { accountOf, changeAccount } from "./account-books.ts";

const list = command({
	call: "list <account>",
	description: "the names that an account may send under",
	example: "accounts senders list kaspi --stage prod",
	input: z.object({ account: accountName }),
	async run({ account }, target) {
		const { senders } = await accountOf(target, account);
		return asTable(senders.map(senderView), `${account} may send under no name`);
	},
});

const add = command({
	call: "add <account> <sender>",
	description: "lets an account send under a name, or changes the windows of one that it has",
	options: [
		["--default-time-bounds <window>", "the window of its messages that name none; the account's where it is left out"],
		["--allowed-time-bounds <window...>", "the only windows that its messages may have; any where it is left out"],
	],
	example:
		"accounts senders add kaspi KASPI-AD --default-time-bounds ad99 --allowed-time-bounds ad99 ad96 --stage prod",
	input: z
		.object({
			account: accountName,
			sender: accountFields.senderName,
			defaultTimeBounds: accountFields.timeBounds.optional(),
			allowedTimeBounds: z.array(accountFields.timeBounds).min(1).optional(),
		})
		.refine(
			({ defaultTimeBounds: one, allowedTimeBounds: all }) =>
				one === undefined || all === undefined || all.includes(one),
			{ error: "must be one of the allowed", path: ["defaultTimeBounds"] },
		),
	async run({ account: userName, sender, defaultTimeBounds = null, allowedTimeBounds = null }, target) {
		const added = { name: sender, defaultTimeBounds, allowedTimeBounds };
		await changeAccount(target, userName, (account) => ({
			...account,
			senders: [...account.senders.filter(({ name }) => name !== sender), added],
		}));
		return asRecord({ account: userName, ...senderView(added) });
	},
});

const remove = command({
	call: "remove <account> <sender>",
	description: "lets an account send under a name no more",
	irreversible: "refuses within a minute what the account sends under that name",
	example: "accounts senders remove kaspi KASPI-AD --yes --stage prod",
	input: z.object({ account: accountName, sender: z.string() }),
	async run({ account: userName, sender }, target) {
		await changeAccount(target, userName, (account) => {
			const senders = account.senders.filter(({ name }) => name !== sender);
			if (senders.length === account.senders.length) throw new CommandError(`${userName} has no sender ${sender}`);
			return { ...account, senders };
		});
		return asSentence(`${userName} has no sender ${sender} any more`, { account: userName, removed: sender });
	},
});

export const senderCommands = [list, add, remove];
