import fc from "fast-check";

/** Hostile requests: for the handler alone, and for the whole local stack. */

/** Unexpected values as JSON text, because JavaScript has no value for some of them. */
export const oddValues = [
	"null",
	"true",
	"[]",
	"{}",
	'""',
	"-0",
	"-1",
	"1.5",
	"1e400",
	"-1e400",
	"9007199254740993",
	"1e21",
	'" "',
	'"\\u0000"',
	'"a\\u0000b"',
	'"\\ud83d"',
	'"\\ude00\\ud83d"',
	'"👍🏽"',
	'"\\u202e\\ufeff"',
	'"__proto__"',
	'"constructor"',
	'["77010000000"]',
	'[["x"]]',
	'{"toString":1}',
	'{"__proto__":{"recipient":"77010000000"}}',
	'"2026-02-30 10:00:00"',
	'"9999-99-99 99:99:99"',
	'"0000-00-00 00:00:00"',
	'"+275760-09-13 00:00:00"',
] as const;

export const invalidJson = ["'x'", "NaN", "undefined", "01", "+1", "", '"\\x"', '"\n"'] as const;

const requiredFields = ["client_message_id", "recipient", "message_text", "sender"] as const;
const otherFields = [
	"priority",
	"expire_date",
	"time_bounds",
	"flash",
	"schedule",
	"messages",
	"fail-fast",
	"__proto__",
	"constructor",
	"toJSON",
	"",
	"\u0000",
] as const;

/** Up to 3.6 MB as JSON text. */
const long = fc
	.constantFrom("a", "\u0000", "ж", "👍", "\ud83d", "8", "7", " ", "[", "+", "\\")
	.map((character) => JSON.stringify(character.repeat(600_000)));
const oddValue = fc.oneof(
	{ weight: 8, arbitrary: fc.constantFrom(...oddValues) },
	{ weight: 4, arbitrary: fc.json() },
	{ weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 200 }).map((text) => JSON.stringify(text)) },
	{ weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
	{ weight: 1, arbitrary: fc.constantFrom(...invalidJson) },
	{ weight: 1, arbitrary: fc.constantFrom(100, 10_000, 100_000).map((depth) => nested("[", "1", "]", depth)) },
	{ weight: 1, arbitrary: fc.constant(nested('{"a":', "1", "}", 50_000)) },
);

function nested(open: string, inner: string, close: string, depth: number): string {
	return `${open.repeat(depth)}${inner}${close.repeat(depth)}`;
}

const field = fc.oneof(
	{ weight: 1, arbitrary: fc.constantFrom(...requiredFields) },
	{ weight: 2, arbitrary: fc.constantFrom(...otherFields) },
);

/** A message with fields that are overwritten, repeated or left out. `id` makes each message unique. */
const almostAMessage = fc
	.record({
		id: fc.uuid(),
		odd: fc.array(fc.tuple(field, oddValue), { maxLength: 3 }),
		without: fc.oneof(
			{ weight: 9, arbitrary: fc.constant(null) },
			{ weight: 1, arbitrary: fc.constantFrom(...requiredFields) },
		),
	})
	.map(({ id, odd, without }) => {
		const validFields = [
			["client_message_id", `"${id}"`],
			["recipient", '"77010000000"'],
			["message_text", '"тест"'],
			["sender", '"SMSGW"'],
		];
		const entries = [...validFields, ...odd].filter(([name]) => name !== without);
		return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
	});

const aMessageWithALongField = fc
	.tuple(fc.uuid(), fc.constantFrom("client_message_id", "recipient", "message_text", "sender", "x"), long)
	.map(
		([id, name, value]) =>
			`{"client_message_id":"${id}","recipient":"77010000000","message_text":"x","sender":"SMSGW","${name}":${value}}`,
	);

/** Bodies of POST /messages, from almost valid to not JSON at all. */
export const hostileBody: fc.Arbitrary<string> = fc.oneof(
	{ weight: 20, arbitrary: almostAMessage },
	{ weight: 2, arbitrary: almostAMessage.map((body) => `\ufeff${body}`) },
	{ weight: 2, arbitrary: almostAMessage.map((body) => `[${body}]`) },
	{ weight: 2, arbitrary: fc.tuple(almostAMessage, fc.nat(300)).map(([body, length]) => body.slice(0, length)) },
	{ weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 300 }) },
	{ weight: 2, arbitrary: fc.json() },
	{ weight: 2, arbitrary: oddValue },
	{ weight: 1, arbitrary: aMessageWithALongField },
);

/** Authorization headers that do not log in as `demo`, or are malformed. */
export const hostileAuthorization: fc.Arbitrary<string> = fc.oneof(
	fc.constantFrom(
		"Basic",
		"Basic ",
		"basic =",
		"Bearer demo",
		"Basic ZGVtbzpkZW1v, Basic ZGVtbzpkZW1v",
		"Basic *",
		basicOf(Buffer.from("\u0000:\u0000")),
		basicOf(Buffer.from("demo\u0000:demo")),
		basicOf(Buffer.from([0xff, 0xfe, 0x3a, 0xc3, 0x28])),
		basicOf(Buffer.from([0xed, 0xa0, 0x80, 0x3a, 0x61])),
		basicOf(Buffer.from(`${"n".repeat(3_000)}:x`)),
		basicOf(Buffer.from(`👍:${"x".repeat(3_000)}`)),
		basicOf(Buffer.from(":demo")),
		basicOf(Buffer.from("__proto__:x")),
		basicOf(Buffer.from("constructor:x")),
	),
	fc.uint8Array({ maxLength: 60 }).map((bytes) => basicOf(Buffer.from(bytes))),
	fc.string({ maxLength: 60 }).map((text) => `Basic ${text.trim()}`),
);

function basicOf(bytes: Buffer): string {
	return `Basic ${bytes.toString("base64")}`;
}
