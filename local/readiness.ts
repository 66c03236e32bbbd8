import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { requestLocally } from "#admin/local-request.ts";

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
		until(httpWithinMs, async () => (await requestLocally(url, { limitMs: answerWithinMs })).status !== 503),
		until(bindsWithinMs, async () => {
			if (expectedBinds.length === 0) return true;
			const binds = bindsByOperator.parse(await (await fetch(`${controlUrl}/binds`)).json());
			return expectedBinds.every(([operator, wanted]) => (binds[operator] ?? 0) >= wanted);
		}),
	]);
	return answers && bound;
}

async function until(withinMs: number, holds: () => Promise<boolean>): Promise<boolean> {
	const giveUpAt = performance.now() + withinMs;
	while (performance.now() < giveUpAt) {
		if (await holds().catch(() => false)) return true;
		await wait(20);
	}
	return false;
}
