import { setTimeout as pause } from "node:timers/promises";
import type { PDU } from "smpp";
import { inOneLine } from "../errors.ts";
import { type Exchange, fieldOf, type KitAnswer } from "./exchange.ts";
import { openSmppClient, type SmppAddress, type SmppClient } from "./smpp-client.ts";
import { receiptedSteps, receiptFor } from "./smpp-receipts.ts";
import { boundSteps, type SmppAccount, type SmppStep, unbindStep, unboundSteps } from "./smpp-steps.ts";

export type SmppOptions = SmppAccount & {
	readonly address: SmppAddress;
	/** Whether to take the steps that may send a message. */
	readonly send: boolean;
	/** How long to wait for receipts. */
	readonly waitMs: number;
};

type Exchanges = Map<string, Exchange>;

const lookAgainMs = 100;

/** Talks to a gateway as an ESME. Never throws: a request without an answer is recorded as failed. */
export async function runSmppSteps(options: SmppOptions): Promise<ReadonlyMap<string, Exchange>> {
	const exchanges: Exchanges = new Map();
	for (const step of unboundSteps) await withClient(options, [step], exchanges, async () => undefined);
	const steps = boundSteps.filter(({ sends }) => options.send || !sends);
	await withClient(options, steps, exchanges, async (client) => {
		if (options.send) exchanges.set("smpp receipts", await receiptsOf(client, exchanges, options.waitMs));
		await take(unbindStep, options, client, exchanges);
	});
	return exchanges;
}

/** Takes steps on one connection. A connection that cannot be opened fails each of them. */
async function withClient(
	options: SmppOptions,
	steps: readonly SmppStep[],
	exchanges: Exchanges,
	then: (client: SmppClient) => Promise<void>,
): Promise<void> {
	const client = await openSmppClient(options.address).catch((error: unknown) => error);
	const isOpen = (one: unknown): one is SmppClient => typeof one === "object" && one !== null && "ask" in one;
	for (const step of steps) await take(step, options, isOpen(client) ? client : inOneLine(client), exchanges);
	if (!isOpen(client)) return;
	await then(client);
	client.close();
}

/** @param client or why there is none. */
async function take(
	{ name, request }: SmppStep,
	account: SmppAccount,
	client: SmppClient | string,
	exchanges: Exchanges,
): Promise<void> {
	const asked = request(account);
	const [path, body] = typeof asked === "number" ? [`command_id ${asked}`, ""] : [asked.command, bodyOf(asked)];
	const ask = async (by: SmppClient) => (typeof asked === "number" ? await by.askByHeader(asked) : await by.ask(asked));
	const answer =
		typeof client === "string"
			? { failed: client }
			: await ask(client).then(answerOf, (error: unknown) => ({ failed: inOneLine(error) }));
	exchanges.set(name, { request: { method: "SMPP", path, body }, answer });
}

async function receiptsOf(client: SmppClient, exchanges: Exchanges, waitMs: number): Promise<Exchange> {
	const ids = receiptedSteps.flatMap((name) => {
		const answer = exchanges.get(name)?.answer;
		const id = answer === undefined || "failed" in answer ? undefined : fieldOf(answer.json, "message_id");
		return typeof id === "string" && id !== "" ? id : [];
	});
	const giveUpAt = performance.now() + waitMs;
	const got = () => client.delivered.map(fieldsOf);
	const isComplete = () => ids.every((id) => receiptFor(got(), id) !== undefined);
	while (!isComplete() && performance.now() < giveUpAt) await pause(lookAgainMs);
	const json = { deliver_sm: got() };
	return {
		request: { method: "SMPP", path: "deliver_sm" },
		answer: { status: 0, headers: {}, text: JSON.stringify(json, null, 2), json },
	};
}

function answerOf(pdu: PDU): KitAnswer {
	const json = fieldsOf(pdu);
	return { status: pdu.command_status, headers: {}, text: JSON.stringify(json, null, 2), json };
}

/** Octets as text where they are a message, as hex elsewhere. */
function fieldsOf(pdu: PDU): Readonly<Record<string, unknown>> {
	return Object.fromEntries(
		Object.entries(pdu).map(([name, value]) => {
			const message = name === "short_message" ? fieldOf(value, "message") : undefined;
			if (message !== undefined) return [name, Buffer.isBuffer(message) ? message.toString("latin1") : message];
			return [name, Buffer.isBuffer(value) ? value.toString("hex") : value];
		}),
	);
}

/** Without the password. */
function bodyOf(pdu: PDU): string {
	const { command: _, password: __, ...fields } = fieldsOf(pdu);
	return JSON.stringify(fields);
}
