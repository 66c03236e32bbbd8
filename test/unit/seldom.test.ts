import { expect, it } from "vitest";
import { seldom } from "#smpp/operators/seldom.ts";

it("lets each kind through once in its time, and not less often", () => {
	let now = 0;
	const isTold = seldom(1_000, () => now);

	const told = [0, 999, 1_000, 1_999, 2_000].map((at) => {
		now = at;
		return [isTold(1), isTold(2)];
	});

	expect(told).toEqual([
		[true, true],
		[false, false],
		[true, true],
		[false, false],
		[true, true],
	]);
});

it("remembers no more than a hundred kinds", () => {
	const isTold = seldom(1_000, () => 0);
	for (let kind = 0; kind < 100; kind += 1) isTold(kind);

	expect(isTold(0)).toBe(false);
	expect(isTold(100)).toBe(true);
	expect(isTold(0)).toBe(true);
});
