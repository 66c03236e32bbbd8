import { randomUUID } from "node:crypto";
import * as z from "zod";
import { dynamoShortCodes } from "#shared/aws/dynamo/dynamo-short-codes.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName, passwordFile, secretIn } from "../inputs.ts";
import { requestLocally } from "../local-request.ts";
import { localServersOf } from "../local-servers.ts";
import { asRecord } from "../output.ts";
import type { Target } from "../target.ts";

/** The simulated operators deliver to the first number, and report error 27 for the second. */
const recipients = { delivered: "77010000001", failed: "77010009927" } as const;
const subscriber = "77010000001";
const limitMs = 10_000;

export const trigger = command({
	call: "trigger <event>",
	description: "make a report on the local stack: of a delivered message, a failed one, or a subscriber's message",
	notes: `EVENT is delivered, failed or incoming. The message is sent as the account sends it, by REST. An incoming message comes to a
short code of the account, with its keyword.`,
	options: [
		["--account <account>", "the account (demo)"],
		["--password-file <file>", "file with its password; by default the password is the account's name"],
	],
	example: "trigger delivered --local",
	input: z.object({
		event: z.enum(["delivered", "failed", "incoming"]),
		account: accountName.default("demo"),
		passwordFile,
	}),
	async run({ event, account, passwordFile: file }, target) {
		const { apiUrl, operatorsControlUrl } = localServersOf(target);
		if (event === "incoming") return asRecord(await triggerIncoming(target, operatorsControlUrl, account));
		const password = file === undefined ? account : await secretIn(file);
		return asRecord(await triggerMessage(apiUrl, { account, password }, recipients[event]));
	},
});

const senders = z.array(z.string()).min(1, "the account has no sender");
const created = z.object({ message_id: z.string() });

type Login = { readonly account: string; readonly password: string };

async function triggerMessage(apiUrl: string, { account, password }: Login, recipient: string) {
	const authorization = `Basic ${Buffer.from(`${account}:${password}`).toString("base64")}`;
	const call = async (path: string, body?: object) => {
		const { status, text } = await requestLocally(`${apiUrl}${path}`, {
			headers: { authorization },
			...(body && { method: "POST", body: JSON.stringify(body) }),
		});
		if (status >= 200 && status < 300) return JSON.parse(text);
		throw new CommandError(`${status} ${text}${status === 401 ? "; give --password-file" : ""}`);
	};
	const [sender] = senders.parse(await call("/senders"));
	const message = { client_message_id: randomUUID(), sender, recipient, message_text: "Hello", time_bounds: "full" };
	const { message_id } = created.parse(await call("/messages", message));
	return { account, message_id, client_message_id: message.client_message_id, sender, recipient };
}

async function triggerIncoming(target: Target, operatorsControlUrl: string, account: string) {
	const entries = await dynamoShortCodes(target.dynamo, target.table("short-codes"), target.log).list();
	const entry = entries.find(({ userName }) => userName === account);
	if (entry === undefined) {
		throw new CommandError(`${account} has no short code: smsgw --local short-codes set 1414 ${account}`);
	}
	const text = entry.keyword === null ? "Hi" : `${entry.keyword} Hi`;
	const mo = { sender: subscriber, recipient: entry.shortCode, text };
	const { status } = await fetch(`${operatorsControlUrl}/mo?operator=kcell`, {
		method: "POST",
		body: JSON.stringify(mo),
		signal: AbortSignal.timeout(limitMs),
	});
	if (status !== 204) throw new CommandError(`the simulated operators refuse the message: status ${status}`);
	return { account, ...mo };
}
