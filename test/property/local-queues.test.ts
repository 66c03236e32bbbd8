import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fairEntries } from "#local/engines/sqs/fair-entries.ts";
import { heap } from "#local/engines/sqs/heap.ts";

const entries = fc
	.array(fc.constantFrom(undefined, "a", "b", "c"), { maxLength: 40 })
	.map((groups) => groups.map((group, place) => ({ group, place })));

describe("a heap", () => {
	it("gives its values in order, whatever was removed", () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.nat(1_000)), fc.func(fc.boolean()), (numbers, isRemoved) => {
				const values = numbers.map((number) => ({ number }));
				const own = heap<{ number: number }>((one, other) => one.number - other.number);
				for (const value of values) own.add(value);
				const removed = values.filter(({ number }) => isRemoved(number));
				for (const value of removed) expect([own.remove(value), own.remove(value)]).toEqual([true, false]);

				const left: number[] = [];
				for (let next = own.first(); next !== undefined; next = own.first()) {
					left.push(next.number);
					own.remove(next);
				}

				const expected = numbers.filter((number) => !isRemoved(number)).sort((one, other) => one - other);
				expect(left).toEqual(expected);
				expect(own.size).toBe(0);
			}),
		);
	});
});

describe("the visible entries of a queue", () => {
	it("are given once each, the oldest of a group first", () => {
		fc.assert(
			fc.property(entries, (all) => {
				const visible = fairEntries<(typeof all)[number]>();
				for (const entry of all.toReversed()) visible.add(entry);

				const taken = Array.from({ length: all.length }, () => visible.take());

				expect([visible.size, visible.take()]).toEqual([0, undefined]);
				for (const group of [undefined, "a", "b", "c"]) {
					expect(taken.filter((entry) => entry?.group === group)).toEqual(all.filter((entry) => entry.group === group));
				}
			}),
		);
	});

	it("let each group have its turn within as many entries as there are groups", () => {
		const visible = fairEntries<{ group: string; place: number }>();
		for (let place = 0; place < 1_000; place += 1) visible.add({ group: "much", place });
		visible.add({ group: "little", place: 1_000 });
		visible.add({ group: "least", place: 1_001 });

		const first = Array.from({ length: 3 }, () => visible.take()?.group);

		expect(first.sort()).toEqual(["least", "little", "much"]);
	});
});
