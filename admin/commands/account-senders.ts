import * as z from "zod";
import { accountFields } from "#shared/contracts/account.ts";
import { senderView } from "../account-view.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, senderName } from "../inputs.ts";
import { asRecord, asSentence, asTable } from "../output.ts";
import { accountOf, changeAccount } from "./account-repositories.ts";

const list = command({
	call: "list <account>",
	description: "list the senders that an account may use",
	example: "accounts senders list kaspi --stage prod",
	input: z.object({ account: accountName }),
	async run({ account }, target) {
		const { senders } = await accountOf(target, account);
		return asTable(senders.map(senderView), `${account} has no senders`);
	},
});

const add = command({
	call: "add <account> <sender>",
	description: "allow an account a sender, or change the time bounds of one it has",
	options: [
		["--default-time-bounds <window>", "for messages without time bounds; the account's default if absent"],
		["--allowed-time-bounds <window...>", "the only time bounds that messages may have; any if absent"],
	],
	example:
		"accounts senders add kaspi KASPI-AD --default-time-bounds ad99 --allowed-time-bounds ad99 ad96 --stage prod",
	input: z
		.object({
			account: accountName,
			sender: senderName,
			defaultTimeBounds: accountFields.timeBounds.optional(),
			allowedTimeBounds: z.array(accountFields.timeBounds).min(1).optional(),
		})
		.refine(
			({ defaultTimeBounds: one, allowedTimeBounds: all }) =>
				one === undefined || all === undefined || all.includes(one),
			{ error: "--default-time-bounds must be one of --allowed-time-bounds" },
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
	description: "remove a sender from an account",
	irreversible: "makes the gateway refuse messages with that sender, within a minute",
	example: "accounts senders remove kaspi KASPI-AD --yes --stage prod",
	input: z.object({ account: accountName, sender: z.string() }),
	async run({ account: userName, sender }, target) {
		await changeAccount(target, userName, (account) => {
			const senders = account.senders.filter(({ name }) => name !== sender);
			if (senders.length === account.senders.length) throw new CommandError(`${userName} has no sender ${sender}`);
			return { ...account, senders };
		});
		return asSentence(`sender ${sender} is removed from ${userName}`, { account: userName, removed: sender });
	},
});

export const senderCommands = [list, add, remove];
