import * as z from "zod";
import { createAccountQueue } from "#shared/aws/sqs/create-account-queue.ts";
import { accountFields } from "#shared/contracts/account.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, count } from "../inputs.ts";
import { asRecord, asSentence } from "../output.ts";
import { accountOf, changeAccount } from "./account-repositories.ts";

/** Room in a bind (SMPP 5.2.1). */
const systemIdMax = 15;
const [defaultBinds, defaultWindow] = [4, 50];

/** `channel`: the way that the message came. */
const reportWays = ["channel", "smpp", "webhook"] as const;

const network = z
	.string()
	.refine((text) => accountFields.network.safeParse(text).success, "a network such as 203.0.113.0/24");

const set = command({
	call: "set <account>",
	description: "allow an account to bind by SMPP, or change its settings; absent options stay as they are",
	notes:
		"With --reports smpp, reports and messages from subscribers wait for the account's session in a queue of its own, for 14\ndays. With --reports channel, only reports of messages by SMPP do, and the rest goes to the webhook. A new account gets\nthat. This command creates the queue and its dead-letter queue. The account's name is its system_id, of at most 15\ncharacters. Its password must have at most 8: rotate a password that was generated before.",
	options: [
		["--binds <n>", "concurrent sessions (4)"],
		["--window <n>", "requests of a session without a response (50)"],
		["--network <cidr...>", "the only networks from which it may bind, such as 203.0.113.0/24"],
		["--any-network", "allow binds from any network"],
		["--reports <way>", 'destination of its reports: "channel" (the way that the message came), "smpp" or "webhook"'],
	],
	example: "accounts smpp set kaspi --binds 2 --network 203.0.113.0/24 --reports smpp --stage prod",
	input: z
		.object({
			account: accountName.max(systemIdMax, `at most ${systemIdMax} characters, since it is the system_id`),
			binds: count(accountFields.binds).optional(),
			window: count(accountFields.window).optional(),
			network: z.array(network).min(1).optional(),
			anyNetwork: z.literal(true).optional(),
			reports: z.enum(reportWays).optional(),
		})
		.refine(({ network, anyNetwork }) => network === undefined || anyNetwork === undefined, {
			error: "give --network or --any-network, not both",
		}),
	async run({ account: userName, binds, window, network, anyNetwork, reports }, target) {
		const known = await accountOf(target, userName);
		const way = reports ?? (known.smpp === null ? "channel" : undefined);
		const isQueueNeeded = way === "smpp" || way === "channel";
		/* Before the account names the queue, since reports are then sent to it. */
		const queueUrl = isQueueNeeded ? await createAccountQueue(target.sqs, target.prefix, userName) : null;
		const { smpp } = await changeAccount(target, userName, (account) => {
			const before = account.smpp;
			return {
				...account,
				smpp: {
					bindsMax: binds ?? before?.bindsMax ?? defaultBinds,
					windowMax: window ?? before?.windowMax ?? defaultWindow,
					networks: network ?? (anyNetwork ? null : (before?.networks ?? null)),
					reportsQueueUrl: way === undefined ? (before?.reportsQueueUrl ?? null) : queueUrl,
					reportsBy: isQueueNeeded ? way : (before?.reportsBy ?? "channel"),
				},
			};
		});
		return asRecord({
			account: userName,
			binds: smpp?.bindsMax,
			window: smpp?.windowMax,
			networks: smpp?.networks ?? "any",
			reports: smpp?.reportsQueueUrl ? smpp.reportsBy : "webhook",
			reports_queue_url: smpp?.reportsQueueUrl ?? null,
		});
	},
});

const remove = command({
	call: "remove <account>",
	description: "forbid an account to bind by SMPP; its reports go to its webhook",
	notes: "Its queue stays with its entries, and `accounts smpp set … --reports smpp` uses it again.",
	irreversible: "makes the gateway refuse the account's binds",
	example: "accounts smpp remove kaspi --yes --stage prod",
	input: z.object({ account: accountName }),
	async run({ account: userName }, target) {
		await changeAccount(target, userName, (account) => {
			if (account.smpp === null) throw new CommandError(`${userName} may not bind by SMPP`);
			return { ...account, smpp: null };
		});
		return asSentence(`${userName} may no longer bind by SMPP`, { account: userName, smpp: null });
	},
});

export const smppCommands = [set, remove];
