import { expect, it } from "vitest";
import { oncePerKind } from "#shared/flow/once-per-kind.ts";

it("once-per-kind allows each kind once per interval", () => {
	let now = 0;
	const isAllowed = oncePerKind(1_000, () => now);

	const allowed = [0, 999, 1_000, 1_999, 2_000].map((at) => {
		now = at;
		return [isAllowed(1), isAllowed(2)];
	});

	expect(allowed).toEqual([
		[true, true],
		[false, false],
		[true, true],
		[false, false],
		[true, true],
	]);
});

it("once-per-kind remembers at most a hundred kinds", () => {
	const isAllowed = oncePerKind(1_000, () => 0);
	for (let kind = 0; kind < 100; kind += 1) isAllowed(kind);

	expect(isAllowed(0)).toBe(false);
	expect(isAllowed(100)).toBe(true);
	expect(isAllowed(0)).toBe(true);
});
