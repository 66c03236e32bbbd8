import { expect, it } from "vitest";
import { filledText } from "#console/views/filled-text.ts";

it("a text of the console is filled in, and never has a null, an undefined or a brace", () => {
	const values = { code: null, text: "User name or password is missing or wrong", n: 1_000 };

	expect(filledText("{n}: {code} {text} {other}", values, (n) => `${n / 1_000}k`)).toBe(
		"1k: – User name or password is missing or wrong –",
	);
});
