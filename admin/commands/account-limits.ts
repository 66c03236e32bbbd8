import * as z from "zod";
import { accountFields } from "#shared/contracts/account.ts";
import { limitsView } from "../account-view.ts";
import { command } from "../command.ts";
import { accountName, countOrNone } from "../inputs.ts";
import { asRecord } from "../output.ts";
import { changeAccount } from "./account-repositories.ts";

const limit = countOrNone(accountFields.limit).optional();

/** An absent option keeps the limit; null lifts it. */
const changed = (given: number | null | undefined, before: number | null) => (given === undefined ? before : given);

const set = command({
	call: "set <account>",
	description: "set or lift an account's limits",
	notes:
		'The limits by the hour protect against pumped one-time passwords: numbers of a fraudster that ask a client for codes\nthey are paid to receive. A message over a limit is refused with code 88. "none" lifts a limit; without a rate of its own\nan account has the stage\'s (accountRequestsPerSecond).',
	options: [
		["--requests-per-second <n>", "every authenticated request counts"],
		["--messages-per-day <n>", "accepted messages count, by the day in Almaty"],
		["--messages-per-hour <n>", "accepted messages"],
		["--messages-per-recipient-hour <n>", "accepted messages to one number"],
		["--messages-per-number-block-hour <n>", "accepted messages to numbers with the same first seven digits"],
	],
	example: "accounts limits set kaspi --messages-per-recipient-hour 10 --messages-per-day none --stage prod",
	input: z
		.object({
			account: accountName,
			requestsPerSecond: limit,
			messagesPerDay: limit,
			messagesPerHour: limit,
			messagesPerRecipientHour: limit,
			messagesPerNumberBlockHour: limit,
		})
		.refine((given) => Object.keys(given).length > 1, { error: "give at least one limit, such as --messages-per-day" }),
	async run({ account: userName, ...given }, target) {
		const account = await changeAccount(target, userName, (before) => ({
			...before,
			limits: {
				requestsPerSecond: changed(given.requestsPerSecond, before.limits.requestsPerSecond),
				messagesPerDay: changed(given.messagesPerDay, before.limits.messagesPerDay),
			},
			hourlyLimits: {
				messages: changed(given.messagesPerHour, before.hourlyLimits.messages),
				perRecipient: changed(given.messagesPerRecipientHour, before.hourlyLimits.perRecipient),
				perNumberBlock: changed(given.messagesPerNumberBlockHour, before.hourlyLimits.perNumberBlock),
			},
		}));
		const view = Object.entries(limitsView(account)).map(([name, value]) => [name, value ?? "none"]);
		return asRecord({ account: userName, ...Object.fromEntries(view) });
	},
});

export const limitCommands = [set];
