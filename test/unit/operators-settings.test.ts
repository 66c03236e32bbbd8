import { describe, expect, it } from "vitest";
import { accountJson } from "#shared/contracts/account.ts";
import { credentialsJson } from "#shared/contracts/credential.ts";
import {
	defaultBindSettings,
	defaultSubmitStyle,
	operatorsFile,
	smsc,
	smscPasswords,
} from "#shared/contracts/smscs.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";

const kcell = { host: "127.0.0.1", port: 2_775, system_id: "smsgw" };

describe("an operator's SMSC", () => {
	it("has one bind, 100 messages a second and a window of 50 by default", () => {
		expect(smsc.parse(kcell)).toEqual({ ...kcell, binds: 1, tps: 100, window: 50 });
	});

	it.each([
		{ host: "" },
		{ port: 0 },
		{ port: 65_536 },
		{ port: "2775" },
		{ system_id: "" },
		{ system_id: "x".repeat(16) },
		{ system_id: "шлюз" },
		{ system_id: "smsgw\0" },
		{ host: "http://smsc.example" },
		{ host: "smsc.example:2775" },
		{ host: "smsc .example" },
		{ binds: 0 },
		{ binds: 1.5 },
		{ tps: 0 },
		{ tps: -1 },
		{ window: 0 },
		{ windw: 10 },
		{ submit: { alphabet: "utf8" } },
		{ submit: { long: "udh" } },
		{ submit: { service_type: "toolong" } },
		{ submit: { service_type: "СМС" } },
		{ submit: { service_type: "C\0T" } },
		{ submit: { service_type: "CMT\n" } },
		{ submit: { source: { short: { ton: 7, npi: 0 } } } },
		{ receipt_ids: "octal" },
		{ standby_hosts: ["smsc2.example"] },
		{ standby_hosts: [{ host: "smsc2.example" }] },
		{ standby_hosts: [{ host: "smsc2.example:2775", port: 2775 }] },
		{ bind: { system_type: "x".repeat(13) } },
		{ bind: { system_type: "тип" } },
		{ bind: { address_range: "x".repeat(41) } },
		{ bind: { address_range: "^7701\0" } },
		{ bind: { ton: 7 } },
		{ bind: { sessions: "receiver" } },
		{ bind: { version: "3.5" } },
		{ response_seconds: 4 },
		{ response_seconds: 46 },
		{ enquire_link_seconds: 0 },
		{ statuses: { "0x08": "temporary" } },
		{ statuses: { 0: "temporary" } },
		{ statuses: { 8: "later" } },
		{ submit: { flash: { gsm7: 256 } } },
		{ submit: { protocol_id: -1 } },
		{ submit: { tlvs: [{ tag: "1401", hex: "00" }] } },
		{ submit: { tlvs: [{ tag: "0x1401", hex: "0" }] } },
	])("is refused with %j: a misspelt setting is an error", (wrong) => {
		expect(smsc.safeParse({ ...kcell, ...wrong }).success).toBe(false);
	});

	it.each(["пароль", "sec\0ret", "secret\n", "x".repeat(65)])(
		"is refused with the password %j, and the error does not tell it",
		(password) => {
			const errors = [
				smscPasswords.safeParse({ tele2: password }).error,
				operatorsFile.safeParse({ tele2: { ...kcell, password } }).error,
			];

			for (const error of errors) expect(error?.issues[0]?.path).toContain("tele2");
			expect(JSON.stringify(errors.map((error) => error?.issues))).not.toContain(password);
		},
	);

	it("may have any text of Latin-1, which a bind and a submit_sm can carry", () => {
		const texts = { ...kcell, system_id: "Käthe ü~", bind: { system_type: "VMA £", address_range: "^77[0-9]{9}$" } };
		const { system_id, bind, submit } = smsc.parse({ ...texts, submit: { service_type: "CMTÿ" } });
		const { system_type, address_range } = bind ?? defaultBindSettings;

		const pdus = [
			{ command: "bind_transceiver", fields: { system_id, password: "pässwörd", system_type, address_range } },
			{ command: "submit_sm", fields: { service_type: submit?.service_type ?? "" } },
		] as const;

		expect(pdus.map((pdu) => encodePdu({ ...pdu, sequence_number: 1 }).length)).toEqual([56, 37]);
	});

	it("keeps the default submit style where only one setting differs", () => {
		const { submit } = smsc.parse({ ...kcell, submit: { long_messages: "sar" }, receipt_ids: "hex" });

		expect(submit).toEqual({ ...defaultSubmitStyle, long_messages: "sar" });
	});

	it("is one of the four operators, each in the file with its password", () => {
		const file = { tele2: { ...kcell, password: "secret" } };

		expect(operatorsFile.parse(file)).toMatchObject(file);
		expect(operatorsFile.safeParse({ o2: file.tele2 }).success).toBe(false);
		expect(operatorsFile.safeParse({ tele2: kcell }).success).toBe(false);
		expect(smscPasswords.safeParse({ o2: "secret" }).success).toBe(false);
		expect(operatorsFile.parse({})).toEqual({});
	});
});

describe("a stored account", () => {
	it("is read with its defaults", () => {
		const text = JSON.stringify({ user_name: "demo", senders: [{ name: "SMSGW" }], webhook: { url: "http://x/y" } });

		expect(accountJson.parse(text)).toMatchObject({
			userName: "demo",
			senders: [{ name: "SMSGW", defaultTimeBounds: null, allowedTimeBounds: null }],
			defaultTimeBounds: "def",
			webhook: { url: "http://x/y", ack: "document" },
		});
	});

	it("may have no webhook", () => {
		expect(accountJson.parse('{"user_name":"demo","senders":[]}')).toMatchObject({ webhook: null });
	});

	it.each(["ftp://x/y", "file:///etc/passwd", "javascript:alert(1)", "x"])(
		"may not have its webhook at %s (R36)",
		(url) => {
			const text = JSON.stringify({ user_name: "demo", senders: [], webhook: { url } });

			expect(accountJson.safeParse(text).success).toBe(false);
		},
	);
});

describe("stored credentials", () => {
	const credential = { salt: "c2FsdA==", hash: Buffer.alloc(32).toString("base64"), cost: 16_384 };

	it("are read as they were written", () => {
		expect(credentialsJson.parse(JSON.stringify([credential]))).toEqual([credential]);
		expect(credentialsJson.parse("[]")).toEqual([]);
	});

	it.each([{ hash: "" }, { hash: "AAAA" }, { salt: "" }, { cost: 1 }, { hash: "not base64!" }])(
		"are invalid with %j: an empty hash would match any password",
		(wrong) => {
			expect(credentialsJson.safeParse(JSON.stringify([{ ...credential, ...wrong }])).success).toBe(false);
		},
	);
});
