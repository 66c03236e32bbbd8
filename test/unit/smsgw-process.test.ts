import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";
import { CommandError, inOneLine, shown, withShownWords } from "#admin/errors.ts";
import { maskedUrl } from "#admin/masked-url.ts";
import { stageSettingsOf } from "#admin/stage-settings.ts";
import { root } from "#infra/entries.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-stages-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("smsgw as a process", () => {
	it("says nothing when the reader of its output has gone", async () => {
		const child = spawn(process.execPath, [join(root, "admin/smsgw.ts"), "help", "plan"], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		child.stdout.destroy();
		const [err, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);

		expect([code, err]).toEqual([0, ""]);
	});
});

describe("the settings of a stage", () => {
	it("are those of its file, if this clone has one", () => {
		const file = { account: "1", region: "eu-central-1", publicUrl: "https://x.kz", operators: {} };
		writeFileSync(join(folder, "prod.json"), JSON.stringify(file));
		writeFileSync(join(folder, "broken.json"), "{");

		expect(["prod", "broken", "absent"].map((name) => stageSettingsOf(name, folder)?.region)).toEqual([
			"eu-central-1",
			undefined,
			undefined,
		]);
	});
});

describe("an error of the SDK", () => {
	const named = (name: string, message: string) => Object.assign(new Error(message), { name });

	it.each([
		[named("Error", "Region is missing"), "no region: keep the stage's file"],
		[named("CredentialsProviderError", "Could not load\ncredentials"), "no credentials for AWS: set AWS_PROFILE"],
		[named("ExpiredTokenException", "expired"), "have expired: log in again"],
		[named("AccessDeniedException", "no"), "permissions of the command line"],
		[named("ResourceNotFoundException", "no"), "check the name of the stage"],
		[new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND x.kz") }), "ENOTFOUND x.kz"],
		[new CommandError("as \u001b[31m it\nis"), "as [31m it is"],
	])("is one line that says what to do: %s", (error, advice) => {
		expect(inOneLine(error)).toContain(advice);
		expect(inOneLine(error)).not.toMatch(/\p{Cc}/u);
	});
});

describe("a URL as smsgw prints it", () => {
	it.each([
		["https://x.kz/a", "https://x.kz/a"],
		["https://me:hunter2@x.kz/a", "https://***@x.kz/a"],
		["https://token@x.kz/a", "https://***@x.kz/a"],
		["https://x.kz/a?key=hunter2&b", "https://x.kz/a?***"],
		["https://me:hunter2@x.kz/a?key=hunter2#hunter", "https://***@x.kz/a?***#hunter"],
		["no URL: hunter2", "no URL: hunter2"],
	])("%s is %s", (url, printed) => {
		expect(maskedUrl(url)).toBe(printed);
	});
});

describe("a wrong word of the caller as smsgw prints it", () => {
	it.each([
		["https://u:secret@exa mple.com/", "https://***@exa mple.com/"],
		["https://u:secret@host:99999/", "https://***@host:99999/"],
		["https://secret@host:99999/", "https://***@host:99999/"],
		["https://u:secret@[::1/", "https://***@[::1/"],
		["https://u:secret@", "https://***@"],
		["https://u:secret@ex%ample/", "https://***@ex%ample/"],
		["https://u:se#cret@host/", "https://***@host/"],
		["https://u:se/cret@host/", "https://***@host/"],
		["https://u:se?cret@host/", "https://***@host/"],
		["https://u:1/secret@host/", "https://***@host/"],
		["https://u:1#secret@host/", "https://***@host/"],
		["https://u:se@cret@host/", "https://***@host/"],
		["https://u:se\ncret@host:99999/", "https://***@host:99999/"],
		["u:secret@host/x", "***@host/x"],
		["//u:secret@host/x", "***@host/x"],
		["https//u:secret@host", "***@host"],
		["https:/u:secret@ho st", "***@ho st"],
		["mailto:u:secret@h", "***@h"],
		["--url=https://u:secret@host/", "--url=https://***@host/"],
		["--url=u:secret@host/", "--url=***@host/"],
		["host/x?key=secret", "host/x?***"],
		["https://host:99999/x?key=secret", "https://host:99999/x?***"],
		["https://x.kz/a", "https://x.kz/a"],
		["kaspi.example/reports", "kaspi.example/reports"],
		["me@x.kz", "me@x.kz"],
		["a:b", "a:b"],
		["--overlap=soon", "--overlap=soon"],
	])("%j is %s", (word, printed) => {
		expect(shown(word)).toBe(printed);
	});
});

describe("an error text with words of the caller", () => {
	it("has no password of theirs", () => {
		const words = ["show", "https://u:secret@host/$&", ""];

		expect(withShownWords("account https://u:secret@host/$& does not exist", words)).toBe(
			"account https://***@host/$& does not exist",
		);
	});
});
