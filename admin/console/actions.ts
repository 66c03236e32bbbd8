import * as z from "zod";
import {
	moPath,
	outcomePath,
	outcomeRequest,
	webhookModePath,
	webhookModeRequest,
} from "#shared/contracts/local-servers.ts";
import { type Operator, operators } from "#shared/domain/message/operators.ts";
import { testWebhookOf } from "../commands/account-webhooks.ts";
import { switches } from "../commands/operators.ts";
import { resendDeadReports } from "../commands/reports.ts";
import { CommandError } from "../errors.ts";
import { accountName } from "../inputs.ts";
import { requestLocally } from "../local-request.ts";
import { localServersOf } from "../local-servers.ts";
import type { Target } from "../target.ts";
import { type Action, consoleAction } from "./action.ts";

const operator = z.strictObject({ operator: z.enum(operators as readonly [Operator, ...Operator[]]) });
const asks = { asks: true } as const;
const limitMs = 10_000;

const subscriberMessage = z.strictObject({
	operator: z.enum(operators as readonly [Operator, ...Operator[]]),
	sender: z.string().min(1).max(20),
	recipient: z.string().min(1).max(20),
	text: z.string().min(1).max(2_000),
});

const messageToSend = z.strictObject({
	account: accountName,
	password: z.string().max(64),
	message: z.record(z.string(), z.unknown()),
});

/** @throws CommandError if the local server refuses. */
async function postLocally(url: string, body: object): Promise<object> {
	const answer = await fetch(url, { method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(limitMs) });
	if (answer.status !== 204) throw new CommandError(`the local server refuses it: status ${answer.status}`);
	return {};
}

const apiAnswer = z.object({
	message_id: z.union([z.string(), z.number()]).optional(),
	error_code: z.union([z.string(), z.number()]).nullish(),
	error_message: z.string().nullish(),
});

/** Something else may answer at the API's address. */
function answerOf(text: string): z.output<typeof apiAnswer> {
	try {
		return apiAnswer.parse(JSON.parse(text));
	} catch {
		return { error_message: text.slice(0, 200) };
	}
}

/** Sends a message as a client does. The answer is the API's own, a refusal too. */
async function sendMessage(target: Target, { account, password, message }: z.output<typeof messageToSend>) {
	const { apiUrl } = localServersOf(target);
	const { status, text } = await requestLocally(`${apiUrl}/messages`, {
		method: "POST",
		headers: { authorization: `Basic ${Buffer.from(`${account}:${password}`).toString("base64")}` },
		body: JSON.stringify(message),
	});
	return { status, answer: answerOf(text) };
}

export const actions = {
	"operators/pause": consoleAction(
		operator,
		async (target, { operator: name }) => {
			await switches(target).pause(name);
			return {};
		},
		asks,
	),
	"operators/resume": consoleAction(operator, async (target, { operator: name }) => {
		await switches(target).resume(name);
		return {};
	}),
	"reports/resend": consoleAction(
		z.strictObject({ account: accountName }),
		async (target, { account }) => await resendDeadReports(target, { userName: account, from: 0, to: Date.now() }),
		asks,
	),
	"reports/test": consoleAction(
		z.strictObject({ account: accountName }),
		async (target, { account }) => await testWebhookOf(target, account),
		asks,
	),
	"phones/answer": consoleAction(subscriberMessage, async (target, { operator: name, ...mo }) => {
		const { operatorsControlUrl } = localServersOf(target);
		return await postLocally(`${operatorsControlUrl}${moPath}?operator=${name}`, mo);
	}),
	"phones/outcome": consoleAction(outcomeRequest, async (target, given) => {
		return await postLocally(`${localServersOf(target).operatorsControlUrl}${outcomePath}`, given);
	}),
	"phones/webhook": consoleAction(webhookModeRequest, async (target, given) => {
		return await postLocally(`${localServersOf(target).sinkUrl}${webhookModePath}`, given);
	}),
	"phones/send": consoleAction(messageToSend, sendMessage),
} as const satisfies Record<string, Action>;
