import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The clock of a local stack's gateway. A test can move it forward; no other process of the local stack is affected.
 */
export type MovedClock = {
	/** The `preload` option of the local stack. */
	readonly preload: string;
	now(): number;
	/** Moves the clock forward to an instant; it runs on from there. */
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
		/* Replace the file in one step, because the gateway may read it at any moment. */
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
