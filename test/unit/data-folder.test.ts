import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openKeptFolder } from "#local/processes/data-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-data-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a data folder", () => {
	it("keeps the secrets that an older version of the gateway does not know", () => {
		openKeptFolder(folder).keepSecrets({ tokens: "of the newer", cursors: "of the newer" });

		openKeptFolder(folder).keepSecrets({ tokens: "of the older" });

		expect(openKeptFolder(folder).secrets()).toEqual({ tokens: "of the older", cursors: "of the newer" });
	});
});
