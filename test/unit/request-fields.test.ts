import { describe, expect, it } from "vitest";
import { requestBody } from "#lambdas/http/request-body.ts";
import { batchBody } from "#shared/contracts/batch-body.ts";
import { messageBody } from "#shared/contracts/message-body.ts";
import type { RefusedRequest } from "#shared/domain/accept/batch.ts";
import type { MessageRequest } from "#shared/domain/accept/message-request.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { anHttpEvent } from "#test/fakes/http-events.ts";

const usual = {
	client_message_id: '"1"',
	sender: '"SMSGW"',
	recipient: '"77010000000"',
	message_text: '"text"',
};

/** A request in which one field is written as in the JSON text `written`. */
const jsonOf = (field: string, written: string) =>
	`{${Object.entries({ ...usual, [field]: written }).map(([name, value]) => `"${name}":${value}`)}}`;

const single = (json: string) => requestBody(anHttpEvent({ body: json }), messageBody);

function ofBatch(json: string): MessageRequest {
	const [item] = requestBody(anHttpEvent({ body: `{"messages":[${json}]}` }), batchBody).items;
	if (item === undefined || "refusal" in item) throw item?.refusal;
	return item;
}

/** How clients of all languages write a field, as JSON text, and what it is read as. */
const accepted: readonly (readonly [string, string, keyof MessageRequest, unknown])[] = [
	["client_message_id", "1234567890123456789", "clientMessageId", "1234567890123456789"],
	["client_message_id", "1448539200.10", "clientMessageId", "1448539200.10"],
	["client_message_id", "1", "clientMessageId", "1"],
	["client_message_id", "1.0", "clientMessageId", "1.0"],
	["client_message_id", "0.1e1", "clientMessageId", "0.1e1"],
	["client_message_id", "1E+400", "clientMessageId", "1E+400"],
	["client_message_id", "-0", "clientMessageId", "-0"],
	["client_message_id", "9".repeat(64), "clientMessageId", "9".repeat(64)],
	["client_message_id", '"1.0"', "clientMessageId", "1.0"],
	["client_message_id", '"а/б %20"', "clientMessageId", "а/б %20"],
	["client\\u005fmessage_id", "10000000000000000001", "clientMessageId", "10000000000000000001"],
	["sender", "1414", "sender", "1414"],
	["sender", '"1414"', "sender", "1414"],
	["sender", "77010000000000000001", "sender", "77010000000000000001"],
	["recipient", "77010000000", "recipient", "77010000000"],
	["recipient", "87010000000", "recipient", "77010000000"],
	["recipient", "7010000000", "recipient", "77010000000"],
	["recipient", "77010000000.0", "recipient", "77010000000"],
	["recipient", "7.701e10", "recipient", "77010000000"],
	["recipient", '"+7 (701) 000-00-00"', "recipient", "77010000000"],
	["recipient", '"\\u202a+77010000000\\u202c"', "recipient", "77010000000"],
	["recipient", '"\\ufeff8\\u00a0701\\u2011000\\u201100\\u201100"', "recipient", "77010000000"],
	["priority", "3", "priority", 3],
	["priority", "3.0", "priority", 3],
	["priority", '" 3 "', "priority", 3],
	["priority", '"high"', "priority", 0],
	["priority", "true", "priority", 0],
	...["true", "1", '"1"', '"true"', '"True"', '"TRUE"', '" true "', '"yes"', '"on"', "1.0"].map(
		(written) => ["flash", written, "flash", true] as const,
	),
	...["false", "0", '"0"', '"false"', '"False"', '"FALSE"', '"no"', '"off"', "null", "-0"].map(
		(written) => ["flash", written, "flash", false] as const,
	),
	["schedule", '" 2026-11-23 12:00:00 "', "schedule", Date.parse("2026-11-23T07:00:00Z")],
	["expire_date", '"2026-11-23 12:00:01\\u00a0"', "expiresAt", Date.parse("2026-11-23T07:00:01Z")],
	["time_bounds", '"full"', "timeBounds", "full"],
	["__proto__", '{"message_text":"other"}', "text", "text"],
	["constructor", "1", "text", "text"],
	["messages", '[{"client_message_id":2.0}]', "clientMessageId", "1"],
];

const refused: readonly (readonly [string, string, string | null])[] = [
	["client_message_id", "true", "12"],
	["client_message_id", "9".repeat(65), "12"],
	["client_message_id", "[1]", "12"],
	["client_message_id", '{"source":"1"}', "12"],
	["sender", "true", "10"],
	["sender", "[1414]", "10"],
	["sender", "1".repeat(22), "10"],
	["recipient", "-77010000000", "11"],
	["recipient", "-7010000000", "11"],
	["recipient", "77010000000.5", "11"],
	["recipient", "true", "11"],
	["recipient", '"0077010000000"', "11"],
	["recipient", '"٧٧٠١٠٠٠٠٠٠٠"', "11"],
	["recipient", '"７７０１００００００0"', "11"],
	["recipient", '"77010000000;77010000001"', "11"],
	["recipient", '["77010000000"]', "11"],
	["message_text", "true", "1"],
	["flash", '"maybe"', null],
	["flash", '""', null],
	["flash", "2", null],
	["flash", "[true]", null],
	["schedule", "1795413600", "97"],
	["schedule", '"2026-11-23T12:00:00Z"', "97"],
	["expire_date", "true", "98"],
	["expire_date", '"23.11.2026 12:00:00"', "98"],
	["time_bounds", "true", "25"],
];

describe.each([
	["a single message", single],
	["a message of a batch", ofBatch],
])("%s", (_, read) => {
	it.each(accepted)("may write %s as %s (A1, A27, A29, A32)", (field, written, name, expected) => {
		expect(read(jsonOf(field, written))[name]).toBe(expected);
	});

	it.each(refused)("may not write %s as %s (code %s)", (field, written, code) => {
		expect(() => read(jsonOf(field, written))).toThrow(expect.objectContaining({ code, field }));
	});

	it("with a key twice is read by the last one", () => {
		expect(read(`{"client_message_id":1,${jsonOf("client_message_id", "2.50").slice(1)}`).clientMessageId).toBe("2.50");
	});
});

describe("a request", () => {
	const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

	it.each(["[".repeat(100_000), deep(100_000), deep(40), "[".repeat(100_000) + "]".repeat(100_000)])(
		"that is nested too deeply is refused: %.20s",
		(body) => {
			expect(() => requestBody(anHttpEvent({ body }), messageBody)).toThrow(Refusal);
		},
	);

	it.each([
		["in a list", `{"client_message_id":1,"a":[${"0,".repeat(1_999_999)}0]}`],
		["in lists", `[${"[0],".repeat(60_000)}0]`],
		["in an object", `{${Array.from({ length: 100_001 }, (_, index) => `"a${index}":0`)}}`],
		["of a batch", `{"messages":[${"0,".repeat(1_000_000)}0]}`],
	])("with too many values %s is refused", (_, body) => {
		expect(() => requestBody(anHttpEvent({ body }), messageBody)).toThrow("has more than 100000 values");
	});

	it("may have a hundred fields in each of many messages", () => {
		const fields = Array.from({ length: 94 }, (_, index) => `,"x${index}":0`).join("");
		const messages = Array.from({ length: 1_000 }, () => `${jsonOf("client_message_id", "1").slice(0, -1)}${fields}}`);

		expect(requestBody(anHttpEvent({ body: `{"messages":[${messages}]}` }), batchBody).items).toHaveLength(1_000);
	});

	it("has the ids of a thousand messages as they are written (A29)", () => {
		const messages = Array.from({ length: 1_000 }, (_, index) => jsonOf("client_message_id", `${index}.10`));
		const { items } = requestBody(anHttpEvent({ body: `{"messages":[${messages}]}` }), batchBody);

		expect(items.map(({ clientMessageId }) => clientMessageId)).toEqual(messages.map((_, index) => `${index}.10`));
	});
});

describe("a refused message of a batch", () => {
	const itemOf = (json: string) =>
		requestBody(anHttpEvent({ body: `{"messages":[${json}]}` }), batchBody).items[0] as RefusedRequest;

	it.each([
		["recipient", "770100000001234567", "recipient", "11"],
		["recipient", "7701.50", "recipient", "11"],
		["recipient", "1E+400", "recipient", "11"],
		["recipient", "-9007199254740993", "recipient", "11"],
		["message_text", "1234567890123456789", "text", "1"],
		["message_text", "5", "text", "1"],
		["message_text", "1.0", "text", "1"],
		["message_text", "-0", "text", "1"],
		["sender", "77010000000000000001000001", "sender", "10"],
	] as const)("keeps its %s %s as it is written (A24)", (field, written, name, code) => {
		const item = itemOf(jsonOf(field, written));

		expect(item[name]).toBe(written);
		expect(item.refusal).toMatchObject({ code, field });
	});

	it("makes another batch than one with the same digits in quotes", () => {
		const bodies = ["5", "5.0", '"5"'].map(
			(written) =>
				requestBody(anHttpEvent({ body: `{"messages":[${jsonOf("message_text", written)}]}` }), batchBody).body,
		);

		expect(new Set(bodies).size).toBe(3);
	});
});

describe("the charset of a body", () => {
	const text = "Ваш код";
	const json = `{"client_message_id":"1","sender":"SMSGW","recipient":"77010000000","message_text":"${text}"}`;
	const read = (octets: Buffer, type: string | undefined) =>
		requestBody(
			anHttpEvent({
				body: octets.toString("base64"),
				isBase64Encoded: true,
				headers: type === undefined ? {} : { "content-type": type },
			}),
			messageBody,
		).text;

	type Body = readonly [name: string, type: string | undefined, octets: Buffer];

	/** One octet for each Cyrillic letter from А to я, and the octets of ASCII. */
	const singleOctets = (alphabet: (letter: number) => number) =>
		Buffer.from(
			[...json].map((letter) => (letter > "\x7f" ? alphabet(letter.charCodeAt(0) - 0x410) : letter.charCodeAt(0))),
		);
	const windows1251 = singleOctets((letter) => 0xc0 + letter);
	const iso88595 = singleOctets((letter) => 0xb0 + letter);
	const koi8 = "юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ";
	const koi8r = singleOctets((letter) => 0xc0 + koi8.indexOf(String.fromCharCode(0x410 + letter)));
	const utf16le = Buffer.from(json, "utf16le");
	const utf16be = Buffer.from(utf16le).swap16();
	const mark = Buffer.from([0xff, 0xfe]);

	it.each<Body>([
		["none", undefined, Buffer.from(json)],
		["none, with a byte order mark", "application/json", Buffer.from(`\ufeff${json}`)],
		["utf-8", "application/json; charset=utf-8", Buffer.from(json)],
		["UTF8 in quotes", 'application/json;charset="UTF8"', Buffer.from(json)],
		["us-ascii with UTF-8", "text/plain; charset=us-ascii", Buffer.from(json)],
		["windows-1251", "application/json; charset=windows-1251", windows1251],
		["cp1251", "application/json; Charset = CP1251", windows1251],
		["koi8-r", "application/json; charset=koi8-r", koi8r],
		["iso-8859-5", "text/plain; format=flowed; charset=ISO-8859-5", iso88595],
		["utf-16 with a mark", "application/json; charset=utf-16", Buffer.concat([mark, utf16le])],
		["utf-16 with a big-endian mark", "application/json; charset=utf-16", Buffer.concat([mark, utf16le]).swap16()],
		["utf-16 without a mark", "application/json; charset=utf-16", utf16le],
		["utf-16be", "application/json; charset=utf-16be", utf16be],
		...["utf_8", "utf-8-sig", "utf8mb3", "binary", "none", "8bit", "x-unknown", "utf-32"].map(
			(charset) => [`${charset} with UTF-8`, `application/json; charset=${charset}`, Buffer.from(json)] as const,
		),
		...["win-1251", "windows1251", "windows_1251", "cp-1251", "Win1251", "1251", "x-cp1251"].map(
			(charset) => [charset, `application/json; charset=${charset}`, windows1251] as const,
		),
		["iso8859_5", "a/b; charset=iso8859_5", iso88595],
		["koi8r", "a/b; charset=koi8r", koi8r],
		["utf16 with a big-endian mark", "a/b; charset=utf16", Buffer.concat([mark, utf16le]).swap16()],
		["utf_16le", "a/b; charset=utf_16le", utf16le],
	])("may be %s (A45)", (_, type, octets) => {
		expect(read(octets, type)).toBe(text);
	});

	it.each<Body>([
		["windows-1251 without its name", undefined, windows1251],
		["windows-1251 as UTF-8", "application/json; charset=utf-8", windows1251],
		["one octet of a letter", undefined, Buffer.from(json).subarray(0, -3)],
		[
			"an overlong form",
			undefined,
			Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
		],
		["half a surrogate pair in UTF-16", "a/b; charset=utf-16le", Buffer.from('{"a":"\ud83d"}', "utf16le")],
		["an unknown charset and other octets than UTF-8", "application/json; charset=none", windows1251],
		["windows-1251 as another spelling of UTF-8", "application/json; charset=utf_8", windows1251],
		["UTF-16 by a name that is unknown", "application/json; charset=ucs-4be", utf16be],
		...["utf-7", "utf_7", "UNICODE-1-1-UTF-7", "hz-gb-2312", "iso-2022-kr", "x-user-defined"].map(
			(charset) => [charset, `application/json; charset=${charset}`, Buffer.from(json)] as const,
		),
		["x-user-defined and any octets", "a/b; charset=x-user-defined", windows1251],
	])("is refused with %s (A45)", (_, type, octets) => {
		expect(() => read(octets, type)).toThrow(Refusal);
	});

	it("is refused where API Gateway has already replaced invalid octets (A45)", () => {
		const body = json.replace(text, windows1251.toString("utf8"));

		expect(() => requestBody(anHttpEvent({ body }), messageBody)).toThrow(/not valid utf-8 text/);
	});
});
