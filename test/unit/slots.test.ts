import { describe, expect, it } from "vitest";
import { slotOrder } from "#shared/contracts/slot-order.ts";
import { instantFromAlmatyText } from "#shared/domain/almaty-time.ts";
import type { Parcel } from "#shared/domain/parcels.ts";
import { releaseRows, shardsMax, shardsOf, slotAt, slotMs, slotName, watchRows } from "#shared/domain/slots.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";

const hour = 3_600_000;
const aParcel = (messageIds = [1, 2]): Parcel => ({ userName: "demo", operator: "kcell", priority: 0, messageIds });

describe("a slot", () => {
	it("is the first quarter of an hour at or after an instant", () => {
		expect(slotAt(mondayAtEleven)).toBe(mondayAtEleven);
		expect(slotAt(mondayAtEleven + 1)).toBe(mondayAtEleven + slotMs);
		expect(slotAt(mondayAtEleven - 1)).toBe(mondayAtEleven);
	});

	it("has a name that sorts as slots do, over days, months and years", () => {
		const slots = ["2026-11-23T23:45Z", "2026-11-24T00:00Z", "2026-12-01T00:00Z", "2027-01-01T00:00Z"];

		expect(slots.map((text) => slotName(Date.parse(text)))).toEqual(slots);
	});
});

describe("a row", () => {
	it("is another for each message that is dispatched alone, those with neighbouring ids too", () => {
		const ids = [2 ** 52 + 4, 2 ** 52 + 5, 2 ** 52 + 6];

		const rows = ids.flatMap((id) => releaseRows([aParcel([id])], mondayAtEleven, () => id / 2 ** 53));

		expect(new Set(rows.map(({ look }) => look)).size).toBe(3);
	});
});

describe("the shards of a slot", () => {
	it("are 16, and 64 at nine in Almaty, when all windows open at once", () => {
		const nine = Date.parse("2026-11-24T04:00:00Z");

		expect([nine - slotMs, nine, nine + slotMs].map(shardsOf)).toEqual([16, 64, 16]);
		expect(shardsOf(Date.parse("2024-02-29T03:00:00Z"))).toBe(64);
		expect(shardsMax).toBe(64);
	});
});

describe("the shards of a slot", () => {
	it.each([
		["2026-11-24 09:00:00", 64],
		["2026-11-24 08:45:00", 16],
		["2026-11-24 09:15:00", 16],
		["2026-11-24 21:00:00", 16],
		/* The zone moved from +06:00 to +05:00 on 2024-03-01 (A13). */
		["2024-02-29 09:00:00", 64],
		["2024-03-01 09:00:00", 64],
		["2024-03-01 10:00:00", 16],
	])("at %s in Almaty are %i: more when all windows open", (text, shards) => {
		expect(shardsOf(instantFromAlmatyText(text) ?? Number.NaN)).toBe(shards);
		expect(shards).toBeLessThanOrEqual(shardsMax);
	});

	it("are all used at 09:00", () => {
		const nine = instantFromAlmatyText("2026-11-24 09:00:00") ?? Number.NaN;

		const rows = releaseRows(Array(2_000).fill(aParcel()), nine, Math.random);

		expect(new Set(rows.map(({ shard }) => shard)).size).toBe(64);
	});
});

describe("a row that releases", () => {
	it("holds one parcel until its slot, and outlives that", () => {
		const [first, second] = releaseRows([aParcel([1]), aParcel([2])], mondayAtEleven, Math.random);

		expect(first).toMatchObject({ slot: mondayAtEleven, order: { kind: "release", parcel: { messageIds: [1] } } });
		expect(second?.order).toMatchObject({ parcel: { messageIds: [2] } });
		expect(first?.keepUntil).toBeGreaterThan(mondayAtEleven + 10 * 24 * hour);
	});

	it("has a name of its own, in one of the shards", () => {
		const rows = releaseRows(Array(500).fill(aParcel()), mondayAtEleven, Math.random);

		expect(new Set(rows.map(({ look }) => look)).size).toBe(500);
		expect(new Set(rows.map(({ shard }) => shard)).size).toBe(shardsOf(mondayAtEleven));
		expect(rows.every(({ shard }) => Number.isInteger(shard) && shard >= 0 && shard < 16)).toBe(true);
	});

	it("stays within the shards at the ends of chance", () => {
		const [least] = releaseRows([aParcel()], mondayAtEleven, () => 0);
		const [most] = releaseRows([aParcel()], mondayAtEleven, () => 1 - Number.EPSILON);

		expect([least?.shard, most?.shard]).toEqual([0, 15]);
	});
});

describe("a row that watches", () => {
	it("looks an hour after the messages expire, at the quarter of an hour that follows (A19)", () => {
		const [row] = watchRows([{ messageId: 1, expiresAt: mondayAtEleven + 1 }], Math.random);

		expect(row).toMatchObject({ slot: mondayAtEleven + hour + slotMs, order: { kind: "watch", messageIds: [1] } });
	});

	it("holds 25 messages of its slot", () => {
		const soon = Array.from({ length: 30 }, (_, index) =>
			aMessage({ messageId: index + 1, expiresAt: mondayAtEleven }),
		);
		const late = aMessage({ messageId: 99, expiresAt: mondayAtEleven + hour });

		const rows = watchRows([...soon, late], Math.random);

		expect(rows.map(({ order }) => (order.kind === "watch" ? order.messageIds.length : 0))).toEqual([25, 5, 1]);
		expect(rows.map(({ slot }) => slot - mondayAtEleven)).toEqual([hour, hour, 2 * hour]);
	});

	it("is none for nobody", () => {
		expect(watchRows([], Math.random)).toEqual([]);
	});
});

describe("a row's order, as it is stored", () => {
	it("reads back as it was written", () => {
		const orders = [
			{ kind: "release", parcel: aParcel() },
			{ kind: "watch", messageIds: [2 ** 53 - 1] },
		];

		expect(orders.map((order) => slotOrder.parse(JSON.stringify(order)))).toEqual(orders);
	});

	it.each(["", "{}", '{"kind":"watch","messageIds":[]}', '{"kind":"burn","messageIds":[1]}', "[]"])(
		"is a fault where it is no order: %s",
		(text) => {
			expect(() => slotOrder.parse(text)).toThrow();
		},
	);
});
