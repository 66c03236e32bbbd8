import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { basicCredentials } from "#lambdas/http/basic-credentials.ts";
import { asciiJson } from "#shared/aws/ascii-json.ts";
import { messageBody } from "#shared/contracts/message-body.ts";
import { laneEntryBody, receiptsEntryBody, reportsEntryBody } from "#shared/contracts/queue-entries.ts";
import { refusalFrom } from "#shared/contracts/refusal-from.ts";
import { methodsAt } from "#shared/contracts/routes.ts";
import { errorTexts } from "#shared/domain/message/error-codes.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";

const example = { client_message_id: "1", sender: "SMSGW", recipient: "77010000000", message_text: "тест" };
const field = fc.constantFrom(
	...Object.keys(example),
	...["priority", "expire_date", "time_bounds", "flash", "schedule", "__proto__", "constructor", "x"],
);
/** The example, some of its fields overwritten by any JSON. */
const almostABody = fc.dictionary(field, fc.jsonValue(), { maxKeys: 4 }).map((parts) => ({ ...example, ...parts }));

describe("a message's body", () => {
	it("of any JSON is a request or a refusal with a code of the dictionary, and nothing else", () => {
		fc.assert(
			fc.property(fc.oneof(almostABody, fc.jsonValue()), (body) => {
				const parsed = messageBody.safeParse(JSON.parse(JSON.stringify(body)));

				if (parsed.success) {
					expect(parsed.data.recipient).toMatch(/^7[67]\d{9}$/);
					expect([0, 1, 2, 3]).toContain(parsed.data.priority);
					expect(parsed.data.text.length).toBeGreaterThan(0);
					expect(parsed.data.text.isWellFormed()).toBe(true);
					return;
				}
				const refusal = refusalFrom(parsed.error);
				expect(refusal).toBeInstanceOf(Refusal);
				expect(refusal.message).not.toBe("");
				if (refusal.code !== null) expect(Object.keys(errorTexts)).toContain(refusal.code);
			}),
			{ numRuns: 2_000 },
		);
	});

	it("never refuses for its priority (A32)", () => {
		fc.assert(
			fc.property(fc.jsonValue(), (priority) => {
				expect(messageBody.safeParse({ ...example, priority }).success).toBe(true);
			}),
		);
	});
});

describe("a queue's entry", () => {
	const text = fc.string({ unit: "binary", maxLength: 300, size: "max" });
	const ids = fc.array(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { minLength: 1, maxLength: 25 });

	it("reads back as it was written, and is ASCII on the way", () => {
		const receipt = fc.record({
			smsc_id: text,
			recipient: text,
			state: text,
			reason: text,
			received_at: fc.integer({ min: 0 }),
		});
		const receipts = fc.record({
			operator: fc.constantFrom(...operators),
			checks: fc.nat(),
			receipts: fc.array(receipt, { maxLength: 5 }),
		});

		fc.assert(
			fc.property(text, ids, text, receipts, (user_name, message_ids, report_batch, body) => {
				const written = [
					[laneEntryBody, { user_name, message_ids }],
					[reportsEntryBody, { user_name, message_ids, report_batch, tries: body.checks }],
					[receiptsEntryBody, body],
				] as const;

				for (const [schema, value] of written) {
					expect(asciiJson(value)).toMatch(/^[ -~]*$/);
					expect(schema.parse(asciiJson(value))).toEqual(value);
				}
			}),
		);
	});

	it("of any text parses or does not, and never throws", () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
				for (const schema of [laneEntryBody, reportsEntryBody, receiptsEntryBody]) schema.safeParse(body);
			}),
		);
	});
});

describe("what a request carries", () => {
	it("logs in as any name without a colon, with any password (RFC 7617)", () => {
		const name = fc.string({ unit: "binary", minLength: 1 }).filter((one) => one.isWellFormed() && !one.includes(":"));
		const password = fc.string({ unit: "binary" }).filter((one) => one.isWellFormed());

		fc.assert(
			fc.property(name, password, (userName, secret) => {
				const header = `Basic ${Buffer.from(`${userName}:${secret}`).toString("base64")}`;

				expect(basicCredentials(header)).toEqual({ userName, password: secret });
			}),
		);
	});

	it("logs in as somebody or nobody with any header, and asks for any path without a fault", () => {
		fc.assert(
			fc.property(fc.string(), fc.webPath(), (header, path) => {
				basicCredentials(header);
				basicCredentials(`Basic ${header}`);
				methodsAt(path);
			}),
		);
	});
});
