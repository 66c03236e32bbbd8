import type { Context } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { postBatchEndpoint } from "#lambdas/http/post-batch-endpoint.ts";
import { inBatches } from "#shared/aws/batched-calls.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { anHttpEvent, basic } from "#test/fakes/http-events.ts";
import { noLimits } from "#test/fakes/no-limits.ts";

describe("batches that come at once", () => {
	it.each([
		["of a few messages", "тест", 20],
		["of over 256 KB", "я".repeat(140_000), 4],
	])("%s are accepted up to a number, and more get 503 with Retry-After at once (A43)", async (_, text, most) => {
		const gateway = aGateway();
		const stored = Promise.withResolvers<void>();
		const messages = {
			...gateway.messages,
			insert: async (rows: Parameters<typeof gateway.messages.insert>[0]) => {
				await stored.promise;
				return await gateway.messages.insert(rows);
			},
		};
		const post = postBatchEndpoint({
			gateway: { ...gateway, messages },
			admitRequest: async () => ({ kind: "known", account: anAccount() }),
			limits: noLimits,
			publicUrl: "https://x",
		});
		const example = { sender: "SMSGW", recipient: "77010000000", message_text: "тест" };
		const answers = Array.from({ length: most + 5 }, async (_, index) => {
			const body = JSON.stringify({ messages: [{ client_message_id: index, ...example }], comment: text });
			return await post(anHttpEvent({ body, headers: { authorization: basic("demo:pass") } }), {} as Context);
		});

		const refused = await Promise.all(answers.slice(most));
		stored.resolve();
		const accepted = await Promise.all(answers.slice(0, most));

		expect(refused).toMatchObject(Array(5).fill({ statusCode: 503, headers: { "retry-after": "5" } }));
		expect(accepted.map(({ statusCode }) => statusCode)).toEqual(Array(most).fill(201));
	});
});

describe("calls for a long list", () => {
	const items = Array.from({ length: 1_000 }, (_, index) => index);

	it("are twenty at once, with their answers in order", async () => {
		let [running, most] = [0, 0];
		const answers = await inBatches(items, 25, async (batch) => {
			running += 1;
			most = Math.max(most, running);
			await new Promise((resolve) => setImmediate(resolve));
			running -= 1;
			return batch;
		});

		expect([answers, most]).toEqual([items, 20]);
	});

	it("are not made any more after one failed", async () => {
		let calls = 0;
		const failing = inBatches(items, 25, async () => {
			calls += 1;
			await new Promise((resolve) => setImmediate(resolve));
			throw new Error("throttled");
		});

		await expect(failing).rejects.toThrow("throttled");
		await new Promise((resolve) => setTimeout(resolve, 10));
		expect(calls).toBe(20);
	});
});
