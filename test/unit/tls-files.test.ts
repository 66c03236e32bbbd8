import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readTls } from "#local/tls-files.ts";
import { certificate, certificateKey } from "#test/integration/smpp-certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));

function aFile(name: string, content: string): string {
	const file = join(folder, name);
	writeFileSync(file, content);
	return file;
}

const cert = aFile("cert.pem", certificate);
const key = aFile("key.pem", certificateKey);

describe("the files of a certificate", () => {
	it("are read, if the key is that of the certificate", () => {
		expect(readTls({ cert, key }, Date.parse("2026-12-01"))).toEqual({
			cert: certificate,
			key: certificateKey,
			problem: undefined,
		});
	});

	it.each([
		["2126-12-01", /expired at 2126-10-30/],
		["2026-01-01", /valid only from 2026-11-23/],
	])("are read with a warning if the certificate is not valid now: %s", (now, problem) => {
		expect(readTls({ cert, key }, Date.parse(now)).problem).toMatch(problem);
	});

	it("are refused if a key needs a passphrase", () => {
		const cipher = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" } as const;
		const locked = aFile("locked.pem", createPrivateKey(certificateKey).export(cipher).toString());

		expect(() => readTls({ cert, key: locked }, 0)).toThrow(/without a passphrase/);
	});
});
