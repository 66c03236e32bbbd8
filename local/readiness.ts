import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";

const bindsByOperator = z.record(z.string(), z.number());

/** Short, so that the local stack is usable although an operator is not bound. */
const bindsWithinMs = 5_000;
const httpWithinMs = 10_000;
const answerWithinMs = 5_000;

/** Waits until the API answers and every simulated operator has its binds. False at a time limit. */
export async function untilReady(
	url: string,
	controlUrl: string,
	expectedBinds: readonly (readonly [operator: string, binds: number])[],
): Promise<boolean> {
	const [answers, bound] = await Promise.all([
		until(httpWithinMs, async () => (await statusOf(url)) !== 503),
		until(bindsWithinMs, async () => {
			if (expectedBinds.length === 0) return true;
			const binds = bindsByOperator.parse(await (await fetch(`${controlUrl}/binds`)).json());
			return expectedBinds.every(([operator, wanted]) => (binds[operator] ?? 0) >= wanted);
		}),
	]);
	return answers && bound;
}

/** The certificate is for the name that clients use, not for this address. */
async function statusOf(url: string): Promise<number | undefined> {
	const { get } = url.startsWith("https:") ? https : http;
	const request = get(url, { rejectUnauthorized: false, agent: false, timeout: answerWithinMs });
	request.once("timeout", () => request.destroy());
	const [response] = (await once(request, "response")) as [IncomingMessage];
	response.resume();
	return response.statusCode;
}

async function until(withinMs: number, holds: () => Promise<boolean>): Promise<boolean> {
	const giveUpAt = performance.now() + withinMs;
	while (performance.now() < giveUpAt) {
		if (await holds().catch(() => false)) return true;
		await wait(20);
	}
	return false;
}
