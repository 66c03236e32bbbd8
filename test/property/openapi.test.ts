import fc from "fast-check";
import { expect, it } from "vitest";
import { messageBody } from "#shared/contracts/message-body.ts";
import { timeBoundsNames } from "#shared/domain/time/time-bounds.ts";
import { validatorOf } from "#test/described-answers.ts";

const often = <Value>(...values: Value[]) =>
	fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...values) }, fc.jsonValue());
const date = often<unknown>("2027-02-03 10:00:00", " 2027-02-03 10:00:00 ", "2027-02-30 10:00:00", null);

it("each body that the gateway takes is valid by the OpenAPI description", () => {
	const takes = validatorOf("MessageToSend");
	const body = fc.record(
		{
			client_message_id: fc.oneof(fc.string({ minLength: 1, maxLength: 66, unit: "binary" }), fc.integer()),
			recipient: often<unknown>("77010000000", 77_010_000_000, "+7 (701) 000-00-00", "8701000000"),
			message_text: often<unknown>("тест", "x".repeat(1_500), "😀".repeat(750), ""),
			sender: often<unknown>("SMSGW", ""),
			priority: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
			expire_date: date,
			time_bounds: often<unknown>(...timeBoundsNames, null),
			flash: often<unknown>(true, false, "TRUE", "false", null),
			schedule: date,
		},
		{ requiredKeys: ["client_message_id", "recipient", "message_text", "sender"] },
	);
	let taken = 0;

	fc.assert(
		fc.property(body, (written) => {
			if (!messageBody.safeParse(written).success) return;
			taken += 1;
			expect(takes(written), JSON.stringify(takes.errors)).toBe(true);
		}),
		{ numRuns: 3_000 },
	);

	expect(taken).toBeGreaterThan(300);
});
