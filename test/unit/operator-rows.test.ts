import { expect, it } from "vitest";
import { bindLeasesOf, operatorRows } from "#admin/views/operator-rows.ts";
import type { BindNote } from "#shared/contracts/bind-note.ts";

const aNote = (parts: Partial<BindNote> = {}) => ({
	...{ holder: "task", until: 1 },
	note: JSON.stringify({ up: true, in_flight: 3, tps: 50, tps_max: 50, window: 10, round_trip_ms: 20, ...parts }),
});

const rowOf = (notes: ReadonlyMap<string, ReturnType<typeof aNote>>, paused: ReadonlySet<"kcell"> = new Set()) =>
	operatorRows(paused, notes).find(({ operator }) => operator === "kcell");

it("an operator's row adds up its binds over all tasks", () => {
	const notes = new Map([
		["kcell#0", aNote()],
		["kcell#3", aNote({ in_flight: 4, round_trip_ms: 40 })],
		["tele2#0", aNote()],
	]);

	expect(rowOf(notes)).toMatchObject({
		...{ state: "sending", binds_up: 2, binds_held: 2, window_in_use: 7, window: 20 },
		...{ rate: 100, rate_max: 100, round_trip_ms: 30, throttled: false },
	});
});

it("an operator's row shows binds that are down, and a rate that the SMSC has lowered", () => {
	const notes = new Map([
		["kcell#0", aNote({ tps: 20, round_trip_ms: null })],
		["kcell#1", aNote({ up: false })],
	]);

	expect(rowOf(notes)).toMatchObject({ binds_up: 1, binds_held: 2, rate: 20, round_trip_ms: null, throttled: true });
	expect(rowOf(new Map([["kcell#1", aNote({ up: false })]]))).toMatchObject({ state: "no binds", throttled: false });
	expect(rowOf(notes, new Set(["kcell"]))).toMatchObject({ state: "paused" });
});

it("an operator's row leaves out a note that it cannot read", () => {
	expect(rowOf(new Map([["kcell#0", { holder: "task", until: 1, note: "{}" }]]))).toMatchObject({ binds_held: 0 });
});

it("an operator's row reads as many leases as its settings allow", () => {
	expect(bindLeasesOf("kcell", 2)).toEqual(["kcell#0", "kcell#1"]);
	expect(bindLeasesOf("kcell")).toHaveLength(64);
});
