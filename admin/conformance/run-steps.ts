import { setTimeout as pause } from "node:timers/promises";
import { inOneLine } from "../errors.ts";
import { boundedText, jsonIn } from "./bounded-text.ts";
import type { Exchange, Kit, KitAnswer, KitRequest } from "./exchange.ts";
import { type Step, steps } from "./steps.ts";

export type StepOptions = Omit<Kit, "exchanges"> & {
	/** With the base path, without a slash at its end. */
	readonly url: string;
	readonly password: string;
	/** Whether to make the requests that may send a message. */
	readonly send: boolean;
	/** How long to wait for a message to end. */
	readonly waitMs: number;
	/** What was exchanged by SMPP before. */
	readonly before?: ReadonlyMap<string, Exchange>;
};

const answerLimitMs = 30_000;
const answerBytesMax = 4 * 1_024 * 1_024;
const repeatAfterMs = 250;

/** Makes the requests one after the other. Never throws: a request without an answer is recorded as failed. */
export async function runSteps(options: StepOptions): Promise<Kit> {
	const exchanges = new Map<string, Exchange>(options.before);
	const kit: Kit = { ...options, exchanges };
	for (const step of steps.filter(({ sends }) => options.send || !sends)) {
		const request = step.request(kit);
		if (request !== null) exchanges.set(step.name, { request, answer: await answered(options, step, request) });
	}
	return kit;
}

async function answered(options: StepOptions, { until }: Step, request: KitRequest): Promise<Exchange["answer"]> {
	const giveUpAt = performance.now() + options.waitMs;
	for (;;) {
		const answer = await ask(options, request).catch((error: unknown) => ({ failed: inOneLine(error) }));
		if (until === undefined || "failed" in answer || until(answer) || performance.now() > giveUpAt) return answer;
		await pause(repeatAfterMs);
	}
}

async function ask(options: StepOptions, { method, path, body, login }: KitRequest): Promise<KitAnswer> {
	const response = await fetch(`${options.url}${path}`, {
		method,
		headers: { ...authorization(options, login), ...(body !== undefined && { "content-type": "application/json" }) },
		...(body !== undefined && { body }),
		/* The login goes nowhere else. */
		redirect: "manual",
		signal: AbortSignal.timeout(answerLimitMs),
	});
	const text = await boundedText(response.body ?? [], answerBytesMax);
	return { status: response.status, headers: Object.fromEntries(response.headers), text, json: jsonIn(text) };
}

function authorization({ user, password, runId }: StepOptions, login: KitRequest["login"]): Record<string, string> {
	if (login === "none") return {};
	const given = login === "wrong" ? `wrong-${runId}` : password;
	return { authorization: `Basic ${Buffer.from(`${user}:${given}`).toString("base64")}` };
}
