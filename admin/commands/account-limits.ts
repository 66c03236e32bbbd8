import * as z from "zod";
import { accountFields } from "#shared/contracts/account.ts";
import { command } from "../command.ts";
import { accountName, countOrNone } from "../inputs.ts";
import { asRecord } from "../output.ts";
import { changeAccount } from "./account-books.ts";

const limit = countOrNone(accountFields.limit).optional();

const set = command({
	call: "set <account>",
	description: "limits how much an account may do, or lifts its limits",
	options: [
		["--requests-per-second <n>", 'every request that logged in counts; "none" lifts it'],
		["--messages-per-day <n>", `what was accepted counts, by Almaty's days; "none" lifts it`],
	],
	example: "accounts limits set kaspi --requests-per-second 50 --messages-per-day none --stage prod",
	input: z
		.object({ account: accountName, requestsPerSecond: limit, messagesPerDay: limit })
		.refine((given) => Object.keys(given).length > 1, {
			error: "or --messages-per-day must be given",
			path: ["requestsPerSecond"],
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
