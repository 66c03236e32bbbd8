import { randomUUID } from "node:crypto";
import { deflateSync, gzipSync } from "node:zlib";
import { invalidJson, oddValues } from "./hostile-input.ts";
import { type Chance, randomOctets } from "./hostile-pdus.ts";

/** A request as octets, for a connection that stays open. */
export type HostileRequest = {
	/** Written one after the other. */
	readonly pieces: readonly Buffer[];
	/** False if the server may wait for more, or may take it for something else than one request. */
	readonly isWhole: boolean;
	readonly isHead: boolean;
};

export type Target = {
	/** The base path of the API. */
	readonly base: string;
	/** `name:password` of an account. */
	readonly login: string;
};

const oneOf = <Item>(chance: Chance, items: readonly Item[]): Item => {
	const item = items[chance(items.length)];
	if (item === undefined) throw new Error("nothing to choose from");
	return item;
};
const oneIn = (chance: Chance, count: number): boolean => chance(count) === 0;
const basicOf = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

const methods = "GET HEAD PUT PATCH DELETE OPTIONS TRACE PROPFIND M-SEARCH POST SEARCH REPORT get BREW".split(" ");
const pathPieces = [
	..."/ // . .. %2e%2e %2F %00 %0a %ff %C0%AF %E0%A4 %F0%9F%90%AB % %2 %zz %25 messages batches users senders".split(
		" ",
	),
	..."1 0 -1 1e3 9007199254740993 999999999999999999999 __proto__ constructor * ; : @ & = + $ , ! ~ < > { } |".split(
		" ",
	),
	"client_messages",
	"openapi.json",
];
const queries = [
	"",
	"",
	"?",
	"?segments_info=true",
	"?segments_info=true&segments_info=%00",
	"?limit=0&cursor=-1",
	"?limit=1&cursor=999",
	"?limit=1e3",
	"?__proto__=1&%ff=%",
	"?=&&=?",
	"?details=TRUE&details",
];

/** Values as JSON text. Each may replace any field of a message. */
const fieldValues = [...oddValues, ...invalidJson, "1448539200.10", "[".repeat(200)];
const fields =
	"client_message_id recipient message_text sender priority expire_date time_bounds flash schedule x".split(" ");
const texts = ["hello", "тест", "👍🏽", "{}[]^~€", "\\u0000", "ab\\n", "7".repeat(200), "ж".repeat(1_501)];

/** A message as JSON text, in most cases with odd fields. */
function messageText(chance: Chance): string {
	const values = new Map([
		["client_message_id", `"${randomUUID()}"`],
		["recipient", `"7701${String(chance(10_000_000)).padStart(7, "0")}"`],
		["message_text", `"${oneOf(chance, texts)}"`],
		["sender", '"SMSGW"'],
	]);
	for (let count = chance(3); count > 0; count -= 1) {
		const field = oneOf(chance, fields);
		if (oneIn(chance, 6)) values.delete(field);
		else values.set(field, oneOf(chance, fieldValues));
	}
	return `{${[...values].map(([name, value]) => `"${name}":${value}`).join(",")}}`;
}

function batchText(chance: Chance): string {
	const messages = Array.from({ length: chance(4) }, () => messageText(chance));
	return `{${oneIn(chance, 3) ? '"fail-fast":true,' : ""}"messages":[${messages.join(",")}]}`;
}

function bodyOf(chance: Chance, path: string): Buffer {
	const text = path.includes("batches") ? batchText(chance) : messageText(chance);
	switch (chance(12)) {
		case 0:
			return randomOctets(chance, 400);
		case 1:
			return Buffer.from(text.slice(0, chance(text.length)));
		case 2:
			return Buffer.from(text, "utf16le");
		case 3:
			return Buffer.from(text.padEnd(oneIn(chance, 20) ? 300_000 : 3_000));
		case 4:
			return Buffer.from(text, "latin1");
		default:
			return Buffer.from(text);
	}
}

const contentTypes = [
	"application/json",
	"application/json; charset=utf-8",
	"application/json; charset=windows-1251",
	"application/json; charset=utf-16le",
	'text/plain; charset="utf-7"',
	"text/plain;charset=nonsense",
	"application/x-www-form-urlencoded",
	"multipart/form-data; boundary=x",
	"%",
	"application/json;".repeat(30),
];

/** Header lines that a server should survive. What does not belong to one request at most makes it refuse the request. */
const oddHeaders: readonly ((chance: Chance) => string)[] = [
	() => "accept-encoding: gzip, br;q=0, *;q=9",
	() => "cookie: =;;=; a=b; __proto__=c",
	() => "x-forwarded-for: 1.2.3.4, ::1, x",
	() => "if-none-match: *",
	() => "range: bytes=0-0,5-1",
	() => "upgrade: websocket\r\nconnection: upgrade",
	() => "upgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABk",
	() => "expect: 100-continue",
	() => "expect: 200-ok",
	() => "connection: close",
	() => "connection: keep-alive, x-more",
	() => "te: trailers",
	() => "x-null: a\0b",
	() => `x-latin: ${String.fromCharCode(...Array.from({ length: 20 }, () => 128))}`,
	() => "x-folded: a\r\n b",
	() => ": no name",
	() => "no colon",
	() => "x y: z",
	() => "__proto__: 1\r\nconstructor: 2\r\ntoString: 3",
	() => "host: other",
	(chance) => `x-long: ${"x".repeat(chance(20_000))}`,
	(chance) => Array.from({ length: chance(150) }, (_, index) => `x-${index}: y`).join("\r\n"),
	(chance) => `authorization: ${basicOf("demo:demo").slice(0, chance(12))}`,
	() => "content-encoding: gzip",
	() => "x-http-method-override: DELETE",
];

function chunked(body: Buffer, chance: Chance): Buffer[] {
	const parts: Buffer[] = [];
	for (let from = 0; from < body.length; ) {
		const octets = body.subarray(from, from + 1 + chance(200));
		const extension = oneIn(chance, 6) ? ";a=b;c" : "";
		parts.push(Buffer.from(`${octets.length.toString(16)}${extension}\r\n`), octets, Buffer.from("\r\n"));
		from += octets.length;
	}
	return [...parts, Buffer.from(oneIn(chance, 6) ? "0\r\nx-trailer: 1\r\n\r\n" : "0\r\n\r\n")];
}

type Framed = { readonly lines: readonly string[]; readonly body: readonly Buffer[]; readonly isWhole: boolean };

/** The ways in which a body is given its length, the wrong ones too. */
function framed(body: Buffer, chance: Chance): Framed {
	const length = `content-length: ${body.length}`;
	const te = "transfer-encoding: chunked";
	switch (chance(16)) {
		case 0:
			return { lines: [length, te], body: chunked(body, chance), isWhole: false };
		case 1:
			return { lines: [length, `content-length: ${body.length + 1}`], body: [body], isWhole: false };
		case 2:
			return { lines: [`content-length: ${body.length + 1 + chance(900)}`], body: [body], isWhole: false };
		case 3:
			return {
				lines: [`content-length: ${oneOf(chance, ["-1", "x", "1e3", "", "9".repeat(30)])}`],
				body: [body],
				isWhole: false,
			};
		case 4:
			return {
				lines: [te],
				body: [Buffer.from(oneOf(chance, ["zz\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "5\r\nab\r\n"]))],
				isWhole: false,
			};
		case 5:
			return { lines: ["transfer-encoding: gzip, chunked"], body: chunked(gzipSync(body), chance), isWhole: false };
		case 6:
			return { lines: ["content-encoding: deflate", te], body: chunked(deflateSync(body), chance), isWhole: true };
		case 7:
		case 8:
		case 9:
			return { lines: [te], body: chunked(body, chance), isWhole: true };
		case 10:
			return { lines: [], body: [body], isWhole: false };
		default:
			return { lines: [length], body: [body], isWhole: true };
	}
}

function pathOf(chance: Chance, base: string): string {
	const own = [
		"/messages",
		"/messages",
		"/messages",
		"/batches",
		"/senders",
		"/messages/1",
		"/batches/1",
		"/users/demo/client_messages/1",
		"/openapi.json",
	];
	if (!oneIn(chance, 4)) return base + oneOf(chance, own) + oneOf(chance, queries);
	const pieces = Array.from({ length: chance(5) }, () => oneOf(chance, pathPieces));
	const long = oneIn(chance, 20) ? "x".repeat(chance(20_000)) : "";
	return `${oneOf(chance, [base, "/", `${base}/messages/`])}${pieces.join(oneOf(chance, ["/", ""]))}${long}${oneOf(chance, queries)}`;
}

/** Logins that are not right are rare: the gateway slows down a client that guesses. */
function authorizationOf(chance: Chance, login: string): readonly string[] {
	if (!oneIn(chance, 12)) return [`authorization: ${basicOf(login)}`];
	const odd = ["", "Basic", "Bearer x", "Basic *", basicOf("\0:\0"), basicOf(":x"), `Basic ${"A".repeat(4_000)}`];
	return oneIn(chance, 3) ? [] : [`authorization: ${oneOf(chance, odd)}`];
}

const clean = (line: string) => /^[\x21-\x7e]+$/.test(line);

/** A request from valid to not HTTP at all. */
export function hostileRequest(chance: Chance, { base, login }: Target): HostileRequest {
	const method = oneIn(chance, 3) ? oneOf(chance, methods) : oneOf(chance, ["POST", "POST", "GET"]);
	const path = pathOf(chance, base);
	const version = oneIn(chance, 30) ? oneOf(chance, ["HTTP/1.0", "HTTP/2.0", "HTTP/9", "", "http/1.1"]) : "HTTP/1.1";
	const odd = Array.from({ length: oneIn(chance, 3) ? 1 + chance(2) : 0 }, () => oneOf(chance, oddHeaders)(chance));
	const hasBody = method === "POST" ? !oneIn(chance, 20) : oneIn(chance, 6);
	const { lines, body, isWhole } = hasBody
		? framed(bodyOf(chance, path), chance)
		: { lines: [], body: [], isWhole: method !== "POST" };
	const head = [
		`${method} ${path}${version === "" ? "" : ` ${version}`}`,
		...(oneIn(chance, 40) ? [] : ["host: 127.0.0.1"]),
		...authorizationOf(chance, login),
		...(hasBody && !oneIn(chance, 8) ? [`content-type: ${oneOf(chance, contentTypes)}`] : []),
		...odd,
		...lines,
	].join("\r\n");
	const whole = Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "latin1"), ...body]);
	const isUsual = version === "HTTP/1.1" && odd.length === 0 && clean(path) && method !== "BREW" && method !== "get";
	return mutated({ pieces: [whole], isWhole: isWhole && isUsual, isHead: method === "HEAD" }, chance);
}

function mutated(request: HostileRequest, chance: Chance): HostileRequest {
	const whole = request.pieces[0] ?? Buffer.alloc(0);
	switch (chance(14)) {
		case 0: {
			const changed = Buffer.from(whole);
			for (let count = chance(4); count >= 0; count -= 1) changed[chance(changed.length)] = chance(256);
			return { ...request, pieces: [changed], isWhole: false };
		}
		case 1:
			return { ...request, pieces: [whole.subarray(0, chance(whole.length))], isWhole: false };
		case 2:
			return { ...request, pieces: [randomOctets(chance, 600)], isWhole: false };
		case 3: {
			const at = chance(whole.length);
			return { ...request, pieces: [whole.subarray(0, at), whole.subarray(at)] };
		}
		default:
			return request;
	}
}
