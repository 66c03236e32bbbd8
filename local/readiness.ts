import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";

const bindsBySession = z.record(z.string(), z.number());

/** Operators that are not up must not keep the rest from being used. */
const bindsWithinMs = 5_000;
const httpWithinMs = 10_000;

/** Returns once the API answers, whatever it says, and every simulated operator has the binds that it is due. */
export async function untilReady(
	url: string,
	controlUrl: string,
	due: readonly (readonly [operator: string, binds: number])[],
): Promise<boolean> {
	const [answers, bound] = await Promise.all([
		until(httpWithinMs, async () => (await fetch(url)).status !== 503),
		until(bindsWithinMs, async () => {
			const binds = bindsBySession.parse(await (await fetch(`${controlUrl}/binds`)).json());
			return due.every(([operator, wanted]) => (binds[operator] ?? 0) >= wanted);
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
