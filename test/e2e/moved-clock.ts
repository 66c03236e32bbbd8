import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The clock of a local stack's gateway, which a test puts forward: its own processes, and nothing else of the local stack, live ahead. */
export type MovedClock = {
	/** What the local stack is to be opened with. */
	readonly preload: string;
	/** What the gateway's clock shows. */
	now(): number;
	/** Puts it forward to an instant; it goes on from there. */
	moveTo(instant: number): void;
	close(): void;
};

export function movedClock(): MovedClock {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-clock-"));
	const file = join(folder, "ahead");
	const url = pathToFileURL(join(import.meta.dirname, "../fixtures/clock/preload.ts"));
	url.searchParams.set("ahead", file);
	let aheadMs = 0;
	const set = (ms: number) => {
		aheadMs = ms;
		/* Whole or not at all, for somebody is always reading it. */
		writeFileSync(`${file}.new`, String(ms));
		renameSync(`${file}.new`, file);
	};
	set(0);
	return {
		preload: url.href,
		now: () => Date.now() + aheadMs,
		moveTo: (instant) => set(instant - Date.now()),
		close: () => rmSync(folder, { recursive: true }),
	};
}
