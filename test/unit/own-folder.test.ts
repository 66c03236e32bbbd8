import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { localControl } from "#admin/local-control.ts";
import { problemOfOwnFolder } from "#shared/net/own-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-own-"));
afterAll(() => rmSync(folder, { recursive: true }));

function aFolder(name: string, mode: number): string {
	const path = join(folder, name);
	mkdirSync(path);
	chmodSync(path, mode);
	return path;
}

describe("a folder of this user's", () => {
	it.each([0o700, 0o755])("is one in which others cannot write: mode %o", (mode) => {
		expect(problemOfOwnFolder(aFolder(`own-${mode}`, mode))).toBeUndefined();
	});

	it.each([0o770, 0o702, 0o1777])("is none if others can write in it: mode %o", (mode) => {
		const path = aFolder(`open-${mode}`, mode);

		expect(problemOfOwnFolder(path)).toBe(`other users can write in ${path}: chmod 700 it`);
	});

	it("is none if another user has it, or made the link to it", () => {
		const path = aFolder("others", 0o700);
		const link = join(folder, "link");
		symlinkSync(path, link);

		expect(problemOfOwnFolder(link)).toBeUndefined();
		expect(problemOfOwnFolder(path, userInfo().uid + 1)).toBe(`${path} belongs to another user`);
		expect(problemOfOwnFolder(link, userInfo().uid + 1)).toBe(`${link} belongs to another user`);
	});

	it("is no file", () => {
		const file = join(folder, "file");
		writeFileSync(file, "");

		expect(problemOfOwnFolder(file)).toBe(`${file} is not a folder`);
		expect(problemOfOwnFolder(join(folder, "none"))).toBeUndefined();
	});

	it("is where the command line looks for a local stack, and only there", async () => {
		const path = aFolder("shared", 0o777);
		vi.stubEnv("SMSGW_DATA", path);
		const control = localControl();
		vi.unstubAllEnvs();

		await expect(control.request("GET", "/local-stack")).rejects.toThrow(`other users can write in ${path}`);
	});
});
