import { describe, expect, it } from "vitest";
import { progressBar, progressText } from "#admin/progress.ts";

function aStream(parts: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
	const written: string[] = [];
	return { ...parts, written, write: (text: string) => written.push(text) };
}

describe("the progress of a command", () => {
	it.each([
		[{ done: 0, total: 100, elapsedMs: 0 }, "[....................] 0 %  0 of 100 rows"],
		[{ done: 50, total: 100, elapsedMs: 10_000 }, "[##########..........] 50 %  50 of 100 rows  5/s  10 s left"],
		[{ done: 100, total: 100, elapsedMs: 20_000 }, "[####################] 100 %  100 of 100 rows  5/s"],
		[
			{ done: 100, total: 36_100, elapsedMs: 100_000 },
			"[....................] 0 %  100 of 36100 rows  1/s  10 h 0 min left",
		],
		[{ done: 7, total: null, elapsedMs: 1_000, note: "2 skipped" }, "7 rows  7/s  2 skipped"],
		[{ done: 0, total: 0, elapsedMs: 5_000 }, "0 of 0 rows"],
	])("is told as text: %j", (state, text) => {
		expect(progressText({ unit: "rows", ...state })).toBe(text);
	});

	it("replaces its line on a terminal, ten times a second at most, and ends with the last counts", () => {
		const stream = aStream({ isTTY: true, columns: 30 });
		let at = 0;
		const bar = progressBar({ unit: "rows", stream, now: () => at });

		for (at of [0, 10, 20, 200]) bar.show(at, null);
		at = 250;
		bar.show(250, null);
		bar.end();

		expect(stream.written).toEqual(["\r0 rows\u001b[K", "\r200 rows\u001b[K", "\r250 rows\u001b[K", "\n"]);
	});

	it("is cut to the width of the terminal", () => {
		const stream = aStream({ isTTY: true, columns: 12 });

		progressBar({ unit: "rows", stream, now: () => 0 }).show(123_456_789, null);

		expect(stream.written).toEqual(["\r123456789 r\u001b[K"]);
	});

	it("is a line each ten seconds elsewhere, and nothing for a short command", () => {
		const stream = aStream();
		let at = 0;
		const bar = progressBar({ unit: "rows", stream, now: () => at });

		for (at of [0, 5_000, 10_000, 15_000]) bar.show(at, null);
		bar.end();

		expect(stream.written).toEqual(["10000 rows  1000/s\n"]);
	});
});
