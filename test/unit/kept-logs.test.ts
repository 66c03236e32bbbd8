import {
	closeSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openKeptLog } from "#local/processes/kept-logs.ts";

const parent = mkdtempSync(join(tmpdir(), "smsgw-logs-"));
afterAll(() => rmSync(parent, { recursive: true }));

const noon = Date.parse("2026-11-28T12:00:00Z");

function open(folder: string): string {
	const { path, fd } = openKeptLog(folder, noon, 7);
	closeSync(fd);
	return path;
}

function aLog(folder: string, name: string, { ageSeconds, octets = 1 }: { ageSeconds: number; octets?: number }): void {
	const path = join(folder, name);
	writeFileSync(path, "");
	truncateSync(path, octets);
	utimesSync(path, noon / 1_000 - ageSeconds, noon / 1_000 - ageSeconds);
}

it("the log of a run is a file that only its user can read, named by its time", () => {
	const path = open(join(parent, "new"));

	expect(path).toBe(join(parent, "new", "2026-11-28T12-00-00-7.log"));
	expect(statSync(path).mode & 0o077).toBe(0);
	expect(statSync(join(parent, "new")).mode & 0o077).toBe(0);
});

it("the logs that were written last are kept, and other files", () => {
	const folder = mkdtempSync(join(parent, "runs-"));
	aLog(folder, "running-since-long.log", { ageSeconds: 1 });
	for (const ageSeconds of [10, 20, 30, 40, 50]) aLog(folder, `${ageSeconds}.log`, { ageSeconds });
	aLog(folder, "notes.txt", { ageSeconds: 100 });

	open(folder);

	expect(readdirSync(folder).toSorted()).toEqual(
		["10.log", "20.log", "30.log", "2026-11-28T12-00-00-7.log", "notes.txt", "running-since-long.log"].toSorted(),
	);
});

it("logs are deleted that make all of them larger than 500 MB", () => {
	const folder = mkdtempSync(join(parent, "sizes-"));
	aLog(folder, "last.log", { ageSeconds: 10, octets: 300_000_000 });
	aLog(folder, "before.log", { ageSeconds: 20, octets: 300_000_000 });

	open(folder);

	expect(readdirSync(folder)).toEqual(["2026-11-28T12-00-00-7.log", "last.log"]);
});

it("the log of the last run is kept, however large it is", () => {
	const folder = mkdtempSync(join(parent, "large-"));
	aLog(folder, "last.log", { ageSeconds: 10, octets: 600_000_000 });
	aLog(folder, "before.log", { ageSeconds: 20 });

	open(folder);

	expect(readdirSync(folder)).toEqual(["2026-11-28T12-00-00-7.log", "last.log"]);
});
