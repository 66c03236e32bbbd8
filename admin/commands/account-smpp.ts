import * as z from "zod";
import { createAccountQueue } from "#shared/aws/sqs/create-account-queue.ts";
import { accountFields } from "#shared/contracts/account.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, count } from "../inputs.ts";
import { asRecord, asSentence } from "../output.ts";
import { accountOf, changeAccount } from "./account-books.ts";

/** What a bind has room for (SMPP 5.2.1). */
const systemIdMax = 15;
const [defaultBinds, defaultWindow] = [4, 50];

const set = command({
	call: "set <account>",
	description: "lets an account bind by SMPP; what is not named stays as it was",
	notes:
		"With --reports smpp its reports, and messages from subscribers, wait in a queue of its own for its session, 14 days; the\nqueue and its dead letters are made now. The account's name is its system_id, of at most 15 characters; its password\nmust have at most 8, so rotate one that was generated before.",
	options: [
		["--binds <n>", "sessions at once (4)"],
		["--window <n>", "requests of a session that may wait for their response (50)"],
		["--network <cidr...>", "the only networks that it may bind from, such as 203.0.113.0/24"],
		["--any-network", "it may bind from anywhere"],
		["--reports <way>", 'how its reports go: by "smpp", or to its "webhook"'],
	],
	example: "accounts smpp set kaspi --binds 2 --network 203.0.113.0/24 --reports smpp --stage prod",
	input: z
		.object({
			account: accountName.max(systemIdMax, `must have at most ${systemIdMax} characters, for it is the system_id`),
			binds: count(accountFields.binds).optional(),
			window: count(accountFields.window).optional(),
			network: z.array(accountFields.network).min(1).optional(),
			anyNetwork: z.literal(true).optional(),
			reports: z.enum(["smpp", "webhook"]).optional(),
		})
		.refine(({ network, anyNetwork }) => network === undefined || anyNetwork === undefined, {
			error: "and --any-network say opposite things",
			path: ["network"],
		}),
	async run({ account: userName, binds, window, network, anyNetwork, reports }, target) {
		await accountOf(target, userName);
		/* Before the account names it: a report that is handed over must find it. */
		const queueUrl = reports === "smpp" ? await createAccountQueue(target.sqs, target.prefix, userName) : null;
		const { smpp } = await changeAccount(target, userName, (account) => {
			const before = account.smpp;
			return {
				...account,
				smpp: {
					bindsMax: binds ?? before?.bindsMax ?? defaultBinds,
					windowMax: window ?? before?.windowMax ?? defaultWindow,
					networks: network ?? (anyNetwork ? null : (before?.networks ?? null)),
					reportsQueueUrl: reports === undefined ? (before?.reportsQueueUrl ?? null) : queueUrl,
				},
			};
		});
		return asRecord({
			account: userName,
			binds: smpp?.bindsMax,
			window: smpp?.windowMax,
			networks: smpp?.networks ?? "any",
			reports: smpp?.reportsQueueUrl ? "smpp" : "webhook",
			reports_queue_url: smpp?.reportsQueueUrl ?? null,
		});
	},
});

const remove = command({
	call: "remove <account>",
	description: "lets an account bind by SMPP no more; its reports go to its webhook",
	notes: "Its queue stays, with what waits there, and is found again by `accounts smpp set … --reports smpp`.",
	irreversible: "refuses the account's binds",
	example: "accounts smpp remove kaspi --yes --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		await changeAccount(target, userName, (account) => {
			if (account.smpp === null) throw new CommandError(`${userName} does not bind by SMPP`);
			return { ...account, smpp: null };
		});
		return asSentence(`${userName} may bind by SMPP no more`, { account: userName, smpp: null });
	},
});

export const smppCommands = [set, remove];
