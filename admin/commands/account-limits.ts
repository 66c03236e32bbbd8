import * as z from "zod";
import { accountFields } from "#shared/contracts/account.ts";
import { command } from "../command.ts";
import { accountName, countOrNone } from "../inputs.ts";
import { asRecord } from "../output.ts";
import { changeAccount } from "./account-repositories.ts";

const limit = countOrNone(accountFields.limit).optional();

const set = command({
	call: "set <account>",
	description: "set or lift an account's limits",
	options: [
		["--requests-per-second <n>", 'every authenticated request counts; "none" lifts the limit'],
		["--messages-per-day <n>", 'accepted messages count, by the day in Almaty; "none" lifts the limit'],
	],
	example: "accounts limits set kaspi --requests-per-second 50 --messages-per-day none --stage prod",
	input: z
		.object({ account: accountName, requestsPerSecond: limit, messagesPerDay: limit })
		.refine((given) => Object.keys(given).length > 1, {
			error: "give --requests-per-second or --messages-per-day",
		}),
	async run({ account: userName, requestsPerSecond, messagesPerDay }, target) {
		const { limits } = await changeAccount(target, userName, (account) => ({
			...account,
			limits: {
				requestsPerSecond: requestsPerSecond === undefined ? account.limits.requestsPerSecond : requestsPerSecond,
				messagesPerDay: messagesPerDay === undefined ? account.limits.messagesPerDay : messagesPerDay,
			},
		}));
		return asRecord({
			account: userName,
			requests_per_second: limits.requestsPerSecond ?? "none",
			messages_per_day: limits.messagesPerDay ?? "none",
		});
	},
});

export const limitCommands = [set];
