import { describe, expect, it } from "vitest";
import { laneName, lanes } from "#shared/domain/lanes.ts";
import { intoPacks, packSize, packsNamedBy } from "#shared/domain/packs.ts";
import { intoParcels, parcelSize } from "#shared/domain/parcels.ts";
import { priorityFrom } from "#shared/domain/priorities.ts";
import { aMessage } from "#test/fakes/builders.ts";

describe("a parcel", () => {
	it("holds at most 25 messages, in their order", () => {
		const messages = Array.from({ length: 60 }, (_, index) => aMessage({ messageId: index + 1 }));

		const parcels = intoParcels(messages);

		expect(parcels.map(({ messageIds }) => messageIds.length)).toEqual([parcelSize, parcelSize, 10]);
		expect(parcels.flatMap(({ messageIds }) => messageIds)).toEqual(messages.map(({ messageId }) => messageId));
	});

	it("is of one account, one operator and one priority", () => {
		const messages = [
			aMessage({ userName: "a", operator: "kcell", priority: 0, messageId: 1 }),
			aMessage({ userName: "b", operator: "kcell", priority: 0, messageId: 2 }),
			aMessage({ userName: "a", operator: "tele2", priority: 0, messageId: 3 }),
			aMessage({ userName: "a", operator: "kcell", priority: 3, messageId: 4 }),
			aMessage({ userName: "a", operator: "kcell", priority: 0, messageId: 5 }),
		];

		expect(intoParcels(messages)).toEqual([
			{ userName: "a", operator: "kcell", priority: 0, messageIds: [1, 5] },
			{ userName: "b", operator: "kcell", priority: 0, messageIds: [2] },
			{ userName: "a", operator: "tele2", priority: 0, messageIds: [3] },
			{ userName: "a", operator: "kcell", priority: 3, messageIds: [4] },
		]);
	});

	it("does not mix accounts whose names look like another's route", () => {
		const parcels = intoParcels([aMessage({ userName: 'a","kcell' }), aMessage({ userName: "a" })]);

		expect(parcels).toHaveLength(2);
	});

	it("leaves out what was never routed", () => {
		expect(intoParcels([aMessage({ operator: null })])).toEqual([]);
	});
});

describe("a lane", () => {
	it("is one of sixteen, one for each operator and priority", () => {
		expect(lanes).toHaveLength(16);
		expect(new Set(lanes.map(({ name }) => name)).size).toBe(16);
		expect(lanes.every(({ name, operator, priority }) => name === laneName(operator, priority))).toBe(true);
		expect(laneName("kcell", 2)).toBe("kcell-urgent");
	});
});

describe("a priority", () => {
	it.each([
		[0, 0],
		[1, 1],
		[2, 2],
		[3, 3],
		["2", 2],
		[" 3 ", 3],
		["1.0", 1],
		["x", 0],
		["", 0],
		["  ", 0],
		["2x", 0],
		[4, 0],
		[9, 0],
		[-1, 0],
		[1.5, 0],
		["-1", 0],
		[null, 0],
		[undefined, 0],
		[true, 0],
		[[2], 0],
		[{}, 0],
		[Number.NaN, 0],
	])("written as %j is %i: a numeric string counts, anything else is 0 (R18, A32)", (written, priority) => {
		expect(priorityFrom(written)).toBe(priority);
	});
});

describe("a pack", () => {
	it("holds at most a hundred messages of one account, under a name of its own", () => {
		let named = 0;
		const own = (userName: string, count: number) => Array.from({ length: count }, () => aMessage({ userName }));

		const packs = intoPacks([...own("a", 150), ...own("b", 1), ...own("a", 60)], () => `pack-${++named}`);

		expect(packs.map(({ packId, userName, messageIds }) => [packId, userName, messageIds.length])).toEqual([
			["pack-1", "a", packSize],
			["pack-2", "a", packSize],
			["pack-3", "a", 10],
			["pack-4", "b", 1],
		]);
	});

	it("that ended messages name has those of them that are here", () => {
		const messages = [
			aMessage({ messageId: 1, pack: "p", userName: "a" }),
			aMessage({ messageId: 2, pack: null }),
			aMessage({ messageId: 3, pack: "q", userName: "b" }),
			aMessage({ messageId: 4, pack: "p", userName: "a" }),
		];

		expect(packsNamedBy(messages)).toEqual([
			{ packId: "p", userName: "a", messageIds: [1, 4] },
			{ packId: "q", userName: "b", messageIds: [3] },
		]);
	});
});
