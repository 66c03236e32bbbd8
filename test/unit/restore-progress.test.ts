import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "#admin/errors.ts";
import { fileProgress } from "#admin/restore-progress.ts";
import { start } from "#shared/usecases/restore/walk-table.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-restore-"));
afterAll(() => rmSync(folder, { recursive: true }));
const ignore = () => undefined;

describe("the progress of a restore", () => {
	it("is found again by the next process", () => {
		const file = join(folder, "found.json");
		const first = fileProgress(file, "a restore", ignore);
		first.save("rows of messages", { ...start, from: '{"message_id":{"N":"1"}}', rows: 2 });

		const second = fileProgress(file, "a restore", ignore);

		expect([first.isContinued, second.isContinued]).toEqual([false, true]);
		expect(second.of("rows of messages")).toEqual({ ...start, from: '{"message_id":{"N":"1"}}', rows: 2 });
		expect(second.of("rows of batches")).toEqual(start);
	});

	it("of another restore is refused", () => {
		const file = join(folder, "other.json");
		fileProgress(file, "a restore", ignore).save("step", start);

		expect(() => fileProgress(file, "another one", ignore)).toThrow(UsageError);
	});

	it("that cannot be read is refused, and stays", () => {
		const file = join(folder, "broken.json");
		writeFileSync(file, '{"of": "a restore"');

		expect(() => fileProgress(file, "a restore", ignore)).toThrow(/is not the progress of a restore/);
	});
});
