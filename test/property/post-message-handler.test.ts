import { randomUUID, scryptSync } from "node:crypto";
import type { Context } from "aws-lambda";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { postMessageEndpoint } from "#lambdas/http/post-message-endpoint.ts";
import type { HttpResponse } from "#lambdas/http/responses.ts";
import { errorTexts } from "#shared/domain/message/error-codes.ts";
import { admission } from "#shared/usecases/accounts/admit-request.ts";
import { authenticator } from "#shared/usecases/accounts/authenticate.ts";
import { accountLimits } from "#shared/usecases/limits/limit-account.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { hostileAuthorization, hostileBody } from "#test/fakes/hostile-input.ts";
import { anHttpEvent, basic } from "#test/fakes/http-events.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryNumbers } from "#test/fakes/memory-numbers.ts";
import {
	memoryAccounts,
	memoryBatches,
	memoryCredentials,
	memoryLanes,
	memoryLog,
	memoryQuotas,
	memoryReports,
	memorySlots,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";

/** The real handler of POST /messages over stores in memory. */
function aHandler(account = anAccount({ userName: "demo" })) {
	const now = stoppedClock();
	const salt = Buffer.from("salt");
	const hash = scryptSync("demo", salt, 32, { N: 2 }).toString("base64");
	const limits = accountLimits({ quotas: memoryQuotas(), now });
	const logIn = authenticator({
		accounts: memoryAccounts([account]),
		credentials: memoryCredentials({ [account.userName]: [{ salt: salt.toString("base64"), hash, cost: 2 }] }),
		now,
	});
	const messages = memoryMessages(now);
	const lanes = memoryLanes();
	const gateway = {
		messages,
		numbers: memoryNumbers(),
		batches: memoryBatches(now),
		slots: memorySlots(),
		lanes,
		reports: memoryReports(),
		now,
		idKey: "0123456789abcdef",
		finalTexts: "keep" as const,
		retentionMs: 90 * 24 * 3_600_000,
		newAttempt: randomUUID,
		counter: memoryCounter(),
		log: memoryLog(),
	};
	const handler = postMessageEndpoint({
		gateway,
		admitRequest: admission(logIn, limits),
		limits,
		publicUrl: "https://x",
	});
	const post = async (body: string, { authorization = basic("demo:demo"), base64 = false } = {}) =>
		await handler(
			anHttpEvent({
				body: base64 ? Buffer.from(body).toString("base64") : body,
				isBase64Encoded: base64,
				headers: { authorization },
			}),
			{} as Context,
		);
	return { post, rows: messages.rows, lanes, now };
}

const bodyOf = ({ body = "" }: HttpResponse) => JSON.parse(body);

/** Checks what each refusal of a request has (A8, A43). */
function expectRefusal(answer: HttpResponse, statuses: readonly number[]) {
	expect(statuses).toContain(answer.statusCode);
	const { error_message, error_code, field, request_id } = bodyOf(answer);
	expect(error_message).toMatch(/.../);
	if (error_code !== null) expect(Object.keys(errorTexts)).toContain(error_code);
	expect(field === null || typeof field === "string").toBe(true);
	expect(request_id).toBe("request-1");
	expect(answer.body?.length).toBeLessThan(10_000);
}

describe("the handler of POST /messages", () => {
	it("stores a whole message or nothing, whatever the body, and never fails (R7, A8, A43)", async () => {
		const { post, rows, lanes } = aHandler();
		const seen = new Set<number | undefined>();
		const held = new Set<number>();

		await fc.assert(
			fc.asyncProperty(hostileBody, fc.boolean(), async (body, base64) => {
				const [stored, queued] = [rows.size, lanes.sent.length];
				const answer = await post(body, { base64 });
				seen.add(answer.statusCode);

				const taken = answer.statusCode === 201 ? 1 : 0;
				if (taken === 0) expectRefusal(answer, [400]);
				else expect(rows.get(Number(bodyOf(answer).message_id))?.text.isWellFormed()).toBe(true);
				const sent = lanes.sent.slice(queued);
				expect([rows.size - stored, sent.filter(({ kind }) => kind === "first").length]).toEqual([taken, taken]);
				/* A duplicate's row was stored by another request: it gets one more entry before the client hears of it. */
				const again = sent.filter(({ kind }) => kind !== "first").flatMap(({ sendJob }) => sendJob.messageIds);
				const { error_code, message_id } = bodyOf(answer);
				const isHeldNow = error_code === "23" && !held.has(Number(message_id));
				expect(again).toEqual(isHeldNow ? [Number(message_id)] : []);
				for (const id of again) held.add(id);
			}),
			{ numRuns: 3_000 },
		);

		expect(seen).toEqual(new Set([201, 400]));
	});

	it("rejects malformed credentials and stores nothing (R3, A43)", async () => {
		const { post, rows } = aHandler();

		await fc.assert(
			fc.asyncProperty(hostileAuthorization, async (authorization) => {
				const answer = await post('{"client_message_id":"1"}', { authorization });

				expectRefusal(answer, [401, 429]);
			}),
			{ numRuns: 150 },
		);

		expect(rows.size).toBe(0);
	});

	it.each([false, true])(
		"answers 413 to more than 4 MB, decoded, before it parses the body: base64 %s (A25)",
		async (base64) => {
			const { post, rows } = aHandler();
			const message = (id: string) =>
				`{"client_message_id":"${id}","recipient":"77010000000","message_text":"x","sender":"SMSGW"}`;
			const most = 4 * 1_024 * 1_024;

			const [fits, over, garbage] = [
				await post(message("fits").padEnd(most), { base64 }),
				await post(message("over").padEnd(most + 1), { base64 }),
				await post("{".repeat(most + 1), { base64 }),
			];
			const wide = await post(
				message("wide")
					.replace("x", "ж".repeat(1_400))
					.padEnd(most - 1_399),
				{ base64 },
			);

			expect([fits, over, garbage, wide].map(({ statusCode }) => statusCode)).toEqual([201, 413, 413, 413]);
			expectRefusal(over, [413]);
			expect(rows.size).toBe(1);
		},
	);

	it.each([
		["lists", "[".repeat(100_000) + "]".repeat(100_000)],
		["objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
	])("refuses a body with %s nested 100,000 deep, in any place", async (_, deep) => {
		const { post } = aHandler();

		const answers = [await post(deep), await post(`{"messages":${deep}}`), await post(`{"message_text":${deep}}`)];

		for (const answer of answers) {
			expectRefusal(answer, [400]);
			expect(bodyOf(answer).error_message).toBe("The request body is nested more than 32 levels deep");
		}
	});

	it("takes a body that begins with a byte order mark, and one with nested fields of the client's own", async () => {
		const { post } = aHandler();
		const message = (id: string, more = "") =>
			`{"client_message_id":"${id}","recipient":"77010000000","message_text":"x","sender":"SMSGW"${more}}`;

		const marked = await post(`\ufeff${message("1")}`);
		const nested = await post(message("2", `,"campaign":${"[".repeat(30)}1${"]".repeat(30)}`));

		expect([marked.statusCode, nested.statusCode]).toEqual([201, 201]);
	});

	it("answers 429 with code 88 and Retry-After above the account's limits, and stores nothing (A8, A43)", async () => {
		const limits = { requestsPerSecond: 3, messagesPerDay: 1 };
		const { post, rows, now } = aHandler(anAccount({ userName: "demo", limits }));
		const message = (id: string) =>
			`{"client_message_id":"${id}","recipient":"77010000000","message_text":"x","sender":"SMSGW"}`;

		const taken = await post(message("1"));
		const duplicate = await post(message("1"));
		now.advance(1_000);
		const malformed = await post("{}");
		const secondToday = await post(message("2"));
		const third = await post(message("3"));
		const fourthThisSecond = await post(message("4"));

		const answers = [taken, duplicate, malformed, secondToday, third, fourthThisSecond];
		expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 400, 400, 429, 429, 429]);
		expect(secondToday.headers?.["retry-after"]).toBe(String(13 * 3_600 - 1));
		expect(fourthThisSecond.headers?.["retry-after"]).toBe("1");
		for (const over of [secondToday, fourthThisSecond]) expect(bodyOf(over).error_code).toBe("88");
		expect(bodyOf(secondToday).error_message).toContain("1 messages per day");
		expect(bodyOf(fourthThisSecond).error_message).toContain("3 requests per second");
		expect(rows.size).toBe(1);
	});

	it("counts only accepted messages against the daily quota", async () => {
		const limits = { requestsPerSecond: null, messagesPerDay: 2 };
		const { post } = aHandler(anAccount({ userName: "demo", limits }));
		const message = (id: string, sender = "SMSGW") =>
			`{"client_message_id":"${id}","recipient":"77010000000","message_text":"x","sender":"${sender}"}`;

		const statuses = [];
		for (const body of [message("1"), message("1"), message("2", "BANK"), message("2"), message("3")]) {
			statuses.push((await post(body)).statusCode);
		}

		expect(statuses).toEqual([201, 400, 400, 201, 429]);
	});

	it("answers 429 and Retry-After to repeated wrong passwords (A43)", async () => {
		const { post } = aHandler();
		const tries = [];
		for (let index = 0; index < 6; index += 1) {
			tries.push(await post("{}", { authorization: basic(`demo:wrong ${index}`) }));
		}

		expect(tries.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 401, 401, 429]);
		expect(tries[5]?.headers?.["retry-after"]).toBe("1");
		expectRefusal(tries[5] ?? {}, [429]);
	});
});
