import { describe, expect, it } from "vitest";
import { BadHeader, readNumbersCsv } from "#admin/numbers-csv.ts";
import { textLines } from "#admin/text-lines.ts";

/** A text as it comes from a file: in pieces that end anywhere. */
async function* inPieces(text: string, size = 7): AsyncGenerator<string> {
	for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
	const got: Item[] = [];
	for await (const item of items) got.push(item);
	return got;
}

async function read(text: string, size?: number) {
	const ignored: string[] = [];
	const rows = await all(readNumbersCsv(inPieces(text, size), (columns) => void ignored.push(...columns)));
	return { rows, ignored };
}

const recipient = "77010000001";
const ported = { recipient, portedTo: "tele2", porting: false };

describe("a numbers file", () => {
	it("says of each number where it is and whether it is blocked (A49)", async () => {
		const file = [
			"msisdn,state,rn_code,blocked",
			"77010000001,ported,77,no",
			"77010000002,in_progress,,",
			"77010000003,none,,yes",
			"77010000004,,,YES",
			"77010000005,Ported,01,",
		];

		const { rows, ignored } = await read(`${file.join("\n")}\n`);

		expect(rows).toEqual([
			{ line: 2, update: { ...ported, blocked: false } },
			{ line: 3, update: { recipient: "77010000002", portedTo: null, porting: true } },
			{ line: 4, update: { recipient: "77010000003", portedTo: null, porting: false, blocked: true } },
			{ line: 5, update: { recipient: "77010000004", blocked: true } },
			{ line: 6, update: { recipient: "77010000005", portedTo: "beeline", porting: false } },
		]);
		expect(ignored).toEqual([]);
	});

	it.each([
		["with a byte order mark and CR LF", "\uFEFFmsisdn,state,rn_code\r\n77010000001,ported,77\r\n"],
		["without a last line end", "msisdn,state,rn_code\n77010000001,ported,77"],
		["with quotes", '"msisdn","state","rn_code"\n"77010000001","ported","77"\n'],
		["with a byte order mark before a quote", '\uFEFF"msisdn","state","rn_code"\n"77010000001",ported,77\n'],
		["with semicolons", "msisdn;state;rn_code\n77010000001;ported;77\n"],
		["with spaces around its cells", " msisdn , state ,rn_code\n 77010000001 ,ported , 77 \n"],
		["with its columns in another order and in capitals", "RN_CODE,MSISDN,State\n77,77010000001,PORTED\n"],
		["with the number as people write it", 'msisdn,state,rn_code\n"+7 (701) 000-00-01",ported,77\n'],
	])("is read %s", async (_, text) => {
		const { rows } = await read(text);

		expect(rows).toEqual([{ line: 2, update: ported }]);
	});

	it("is read with empty lines, which count as lines", async () => {
		const { rows } = await read("msisdn,blocked\n\n77010000001,yes\r\n\r\n,\n;;\n  \n77010000002,no\n\n");

		expect(rows.map(({ line }) => line)).toEqual([3, 8]);
	});

	it.each([
		["2", "kcell"],
		["07", "altel"],
		["7", "altel"],
	])("has rn_code %s, with or without its zero, for %s (R4)", async (code, portedTo) => {
		const { rows } = await read(`msisdn,state,rn_code\n77010000001,ported,${code}\n`);

		expect(rows).toEqual([{ line: 2, update: { ...ported, portedTo } }]);
	});

	it("lists columns that it does not read", async () => {
		const { rows, ignored } = await read('msisdn,date,state,owner\n77010000001,2026-01-01,none,"a, ""b"""\n');

		expect(ignored).toEqual(["date", "owner"]);
		expect(rows).toEqual([{ line: 2, update: { recipient, portedTo: null, porting: false } }]);
	});

	it.each([
		["123,none,", "msisdn is not a mobile number of Kazakhstan"],
		["79161234567,none,", "msisdn is not a mobile number of Kazakhstan"],
		["77010000001,gone,", 'state must be "ported", "in_progress" or "none"'],
		["77010000001,ported,", "rn_code must be one of 01, 02, 07, 77"],
		["77010000001,ported,3", "rn_code must be one of 01, 02, 07, 77"],
		["77010000001,,02", "changes nothing: state and blocked are empty"],
		["77010000001,ported", "has 2 cells, the first line has 3"],
		["77010000001,ported,77,", "has 4 cells, the first line has 3"],
		['"77010000001,ported,77', "has a quote out of place (CSV_QUOTE_NOT_CLOSED)"],
		['77010000001,por"ted,77', "has a quote out of place (INVALID_OPENING_QUOTE)"],
		['"77010000001"x,ported,77', "has a quote out of place (CSV_INVALID_CLOSING_QUOTE)"],
		["x".repeat(5_000), "is too long for a row"],
	])("passes over the row %j, says why, and reads on", async (row, problem) => {
		const { rows } = await read(`msisdn,state,rn_code\n${row}\n77010000001,ported,77\n`);

		expect(rows).toEqual([
			{ line: 2, problem },
			{ line: 3, update: ported },
		]);
	});

	it("names the allowed values of blocked", async () => {
		expect((await read("msisdn,blocked\n77010000001,1\n")).rows).toEqual([
			{ line: 2, problem: 'blocked must be "yes" or "no"' },
		]);
	});

	it.each([
		["", "the file is empty"],
		["\n77010000001,ported,77\n", "line 1 is empty"],
		["77010000001,ported,77\n", "line 1 names no column msisdn"],
		["msisdn,rn_code\n", "line 1 names neither a column state nor a column blocked"],
		["msisdn,state,state\n", "line 1 names the column state twice"],
		['"msisdn,state\n', "line 1 has a quote out of place (CSV_QUOTE_NOT_CLOSED)"],
		["x".repeat(100_000), "line 1 is too long for a row"],
		["m\0s\0i\0s\0d\0n\0", "line 1 names no column msisdn"],
	])("that begins with %j is none", async (text, problem) => {
		await expect(read(text)).rejects.toThrow(new BadHeader(problem));
	});
});

describe("a numbers file that is larger than memory", () => {
	it("is read piece by piece, each when the rows of those before it are taken", async () => {
		let pieces = 0;
		async function* endless(): AsyncGenerator<string> {
			yield "msisdn,blocked\n";
			for (;;) {
				pieces += 1;
				yield "77010000001,yes\n77010000002,yes\n7701000";
				yield "0003,yes\n";
			}
		}
		const rows = readNumbersCsv(endless(), () => undefined);

		const read: number[] = [];
		for (let row = 0; row < 9; row += 1) {
			await rows.next();
			read.push(pieces);
		}

		expect(read).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
	});
});

describe("the lines of a text", () => {
	it.each([1, 2, 3, 100])("are the same however it is cut: every %i characters", async (size) => {
		const lines = await all(textLines(inPieces("a\r\nb\n\n\r\nc\rd\ne", size), 10));

		expect(lines.map(({ text }) => text)).toEqual(["a", "b", "", "", "c\rd", "e"]);
		expect(lines.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
	});

	it("are null where they are too long, whether they end or not", async () => {
		const text = `${"x".repeat(11)}\n${"y".repeat(10)}\n${"z".repeat(1_000)}`;

		for (const size of [1, 5, 1_000_000]) {
			const lines = await all(textLines(inPieces(text, size), 10));
			expect(lines.map((line) => line.text)).toEqual([null, "y".repeat(10), null]);
		}
	});

	it("hold a bounded part of a text that has no line ends at all, longer than any string may be", async () => {
		const piece = "x".repeat(65_536);
		async function* pieces(): AsyncGenerator<string> {
			for (let count = 0; count < 10_000; count += 1) yield piece;
		}

		expect(await all(textLines(pieces(), 4_096))).toEqual([{ line: 1, text: null }]);
	});
});
