import { describe, expect, it } from "vitest";
import { accountShares, type LaneDepth, type LanesLook, lanesTable } from "#admin/views/lanes-table.ts";
import { laneNoteText } from "#shared/contracts/lane-note.ts";
import { bindLease, receivedLease } from "#shared/domain/lease-names.ts";
import { operators } from "#shared/domain/message/operators.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";
import { laneTally } from "#smpp/operators/lane-tally.ts";

const look = (at: number, waiting: number, parts: Partial<LaneDepth> = {}): LanesLook => ({
	at,
	depths: new Map([["kcell-bulk", { waiting, inFlight: 0, delayed: 0, ...parts }]]),
});
const notes = { kcell: { entry_size: { "kcell-bulk": 20 }, accounts: [] } };
const kcellBulk = (...args: Parameters<typeof lanesTable>) =>
	lanesTable(...args).find(({ lane }) => lane === "kcell-bulk");

describe("the table of lanes", () => {
	it("tells how many messages wait, how fast they drain, and when none is left", () => {
		const row = kcellBulk([look(0, 100, { inFlight: 10 }), look(5_000, 95, { inFlight: 10 }), look(10_000, 90)], notes);

		expect(row).toEqual({
			...{ lane: "kcell-bulk", messages: 1_800, waiting: 90, in_flight: 0, delayed: 0 },
			...{ drains_per_second: 40, empty_in_seconds: 45 },
		});
	});

	it.each([
		["there was one look only", [look(0, 100)], { drains_per_second: null, empty_in_seconds: null }],
		["the lane grows", [look(0, 100), look(1_000, 110)], { drains_per_second: -200, empty_in_seconds: null }],
		["nothing moves", [look(0, 100), look(1_000, 100)], { drains_per_second: 0, empty_in_seconds: null }],
		["it is empty", [look(0, 100), look(1_000, 0)], { messages: 0, drains_per_second: 2_000, empty_in_seconds: null }],
	] as const)("estimates no end if %s", (_, looks, expected) => {
		expect(kcellBulk(looks as never, notes)).toMatchObject(expected);
	});

	it("counts entries if the size of a lane's entries is not known", () => {
		expect(kcellBulk([look(0, 100), look(1_000, 90)], {})).toMatchObject({
			messages: null,
			drains_per_second: 10,
			empty_in_seconds: 9,
		});
		expect(lanesTable([look(0, 1)], {})).toHaveLength(16);
	});
});

describe("what a task receives from its lanes", () => {
	it("is published under a lease of its own, since each of the others stops something", () => {
		const leases = operators.flatMap((operator) => [
			receivedLease(operator),
			...[0, 1].map((index) => bindLease(operator, index)),
			...["wish", "sends", "lanes"].map((name) => `${operator}#${name}`),
		]);

		expect(new Set(leases).size).toBe(leases.length);
	});

	const entry = (userName: string, messages: number) =>
		({ sendJob: { userName, messageIds: Array(messages).fill(1) } }) as unknown as LaneEntry;

	it("is published as the mean size of entries and the shares of accounts", () => {
		const tally = laneTally();
		expect(tally.note()).toBeNull();
		tally.received({ name: "kcell-bulk" }, [entry("a", 25), entry("b", 5)]);
		tally.received({ name: "kcell-urgent" }, [entry("b", 1)]);

		const note = tally.note();

		expect(note?.entry_size).toEqual({ "kcell-bulk": 15, "kcell-urgent": 1 });
		expect(note?.accounts).toEqual([
			{ account: "a", share: 0.81 },
			{ account: "b", share: 0.19 },
		]);
		expect(laneNoteText.parse(JSON.stringify(note))).toEqual(note);
		expect(accountShares({ kcell: note ?? undefined } as never)[0]).toEqual({
			operator: "kcell",
			account: "a",
			share: 0.81,
		});
	});

	it("follows what is received now, and remembers a lane's mean while nothing is", () => {
		const tally = laneTally();
		tally.received({ name: "kcell-bulk" }, [entry("a", 25)]);
		for (let minutes = 0; minutes < 60; minutes += 1) tally.note();
		expect(tally.note()).toEqual({ entry_size: { "kcell-bulk": 25 }, accounts: [] });

		tally.received({ name: "kcell-bulk" }, Array(20).fill(entry("b", 1)));

		expect(tally.note()).toEqual({ entry_size: { "kcell-bulk": 1 }, accounts: [{ account: "b", share: 1 }] });
	});

	it("shows the five largest accounts, and is bounded however many there are", () => {
		const tally = laneTally();
		for (let index = 0; index < 3_000; index += 1)
			tally.received({ name: "kcell-bulk" }, [entry(`a${index}`, 1 + (index % 7))]);

		expect(tally.note()?.accounts).toHaveLength(5);
	});
});
