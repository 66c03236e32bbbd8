import { describe, expect, it } from "vitest";
import { queryFlag } from "#shared/contracts/boolean-flag.ts";

describe("a boolean of a query", () => {
	it.each(["true", "True", "TRUE", "1", " true ", "yes", "on"])("is true as %j (R13, A46)", (text) => {
		expect(queryFlag(text)).toBe(true);
	});

	it.each([undefined, "", "false", "False", "0", "no", "off", "maybe", "2", "true,true"])(
		"is false as %j (R13, A46)",
		(text) => {
			expect(queryFlag(text)).toBe(false);
		},
	);
});
