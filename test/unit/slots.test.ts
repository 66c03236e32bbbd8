import { describe, expect, it } from "vitest";
import { slotAction } from "#shared/contracts/slot-action.ts";
import {
	releaseRows,
	shardsMax,
	shardsOf,
	slotAt,
	slotMs,
	slotName,
	watchRows,
} from "#shared/domain/schedule/slots.ts";
import type { SendJob } from "#shared/domain/send/send-jobs.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";

const hour = 3_600_000;
const aSendJob = (messageIds = [1, 2]): SendJob => ({ userName: "demo", operator: "kcell", priority: 0, messageIds });

describe("a slot", () => {
	it("begins at the first quarter of an hour at or after an instant", () => {
		expect(slotAt(mondayAtEleven)).toBe(mondayAtEleven);
		expect(slotAt(mondayAtEleven + 1)).toBe(mondayAtEleven + slotMs);
		expect(slotAt(mondayAtEleven - 1)).toBe(mondayAtEleven);
	});

	it("has a name that sorts like its time, over days, months and years", () => {
		const slots = ["2026-11-23T23:45Z", "2026-11-24T00:00Z", "2026-12-01T00:00Z", "2027-01-01T00:00Z"];

		expect(slots.map((text) => slotName(Date.parse(text)))).toEqual(slots);
	});
});

describe("a release row", () => {
	it("is a different one for each message that is dispatched alone, even with neighbouring ids", () => {
		const ids = [2 ** 52 + 4, 2 ** 52 + 5, 2 ** 52 + 6];

		const rows = ids.flatMap((id) => releaseRows([aSendJob([id])], mondayAtEleven, () => id / 2 ** 53));

		expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
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

		const rows = releaseRows(Array(2_000).fill(aSendJob()), nine, Math.random);

		expect(new Set(rows.map(({ shard }) => shard)).size).toBe(64);
	});
});

describe("a release row of a send job", () => {
	it("holds one send job until its slot, and is kept longer", () => {
		const [first, second] = releaseRows([aSendJob([1]), aSendJob([2])], mondayAtEleven, Math.random);

		expect(first).toMatchObject({ slot: mondayAtEleven, action: { kind: "release", sendJob: { messageIds: [1] } } });
		expect(second?.action).toMatchObject({ sendJob: { messageIds: [2] } });
		expect(first?.keepUntil).toBeGreaterThan(mondayAtEleven + 10 * 24 * hour);
	});

	it("has its own id, in one of the shards", () => {
		const rows = releaseRows(Array(500).fill(aSendJob()), mondayAtEleven, Math.random);

		expect(new Set(rows.map(({ id }) => id)).size).toBe(500);
		expect(new Set(rows.map(({ shard }) => shard)).size).toBe(shardsOf(mondayAtEleven));
		expect(rows.every(({ shard }) => Number.isInteger(shard) && shard >= 0 && shard < 16)).toBe(true);
	});

	it("stays within the shards for extreme random numbers", () => {
		const [least] = releaseRows([aSendJob()], mondayAtEleven, () => 0);
		const [most] = releaseRows([aSendJob()], mondayAtEleven, () => 1 - Number.EPSILON);

		expect([least?.shard, most?.shard]).toEqual([0, 15]);
	});
});

describe("a watch row", () => {
	it("is due in the slot an hour after the messages expire, or the next one (A19)", () => {
		const [row] = watchRows([{ messageId: 1, expiresAt: mondayAtEleven + 1 }], Math.random);

		expect(row).toMatchObject({ slot: mondayAtEleven + hour + slotMs, action: { kind: "watch", messageIds: [1] } });
	});

	it("holds up to 25 messages of its slot", () => {
		const soon = Array.from({ length: 30 }, (_, index) =>
			aMessage({ messageId: index + 1, expiresAt: mondayAtEleven }),
		);
		const late = aMessage({ messageId: 99, expiresAt: mondayAtEleven + hour });

		const rows = watchRows([...soon, late], Math.random);

		expect(rows.map(({ action }) => (action.kind === "watch" ? action.messageIds.length : 0))).toEqual([25, 5, 1]);
		expect(rows.map(({ slot }) => slot - mondayAtEleven)).toEqual([hour, hour, 2 * hour]);
	});

	it("does not exist for no messages", () => {
		expect(watchRows([], Math.random)).toEqual([]);
	});
});

describe("the stored action of a row", () => {
	it("is read back as it was written", () => {
		const actions = [
			{ kind: "release", sendJob: aSendJob() },
			{ kind: "watch", messageIds: [2 ** 53 - 1] },
		];

		expect(actions.map((action) => slotAction.parse(JSON.stringify(action)))).toEqual(actions);
	});

	it.each(["", "{}", '{"kind":"watch","messageIds":[]}', '{"kind":"burn","messageIds":[1]}', "[]"])(
		"is refused when it is not an action: %s",
		(text) => {
			expect(() => slotAction.parse(text)).toThrow();
		},
	);
});
