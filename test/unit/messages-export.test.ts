import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, describe, expect, it } from "vitest";
import { exportMessages, isSelected, writeAll } from "#admin/commands/messages-export.ts";
import { CommandError, UsageError } from "#admin/errors.ts";
import { exportFile } from "#admin/export-file.ts";
import { csv, csvCell, exportedMessage, ndjson } from "#admin/message-lines.ts";
import { redacted } from "#shared/domain/message/final-text.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

type Runnable = { readonly run: (given: object, target: object) => Promise<unknown> };

const folder = mkdtempSync(join(tmpdir(), "smsgw-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a cell of an exported CSV", () => {
	it.each([
		["plain", "plain"],
		[77_010_000_000, "77010000000"],
		[null, ""],
		[false, "false"],
		["a,b", '"a,b"'],
		['say "no"', '"say ""no"""'],
		["two\r\nlines", '"two\r\nlines"'],
		["=1+1", '"\'=1+1"'],
		["+77010000000", '"\'+77010000000"'],
		["-5", '"\'-5"'],
		["@SUM(A1)", '"\'@SUM(A1)"'],
		["\t=1+1", "\"'\t'=1+1\""],
		["  =1+1", '"\'  =1+1"'],
		["＝1+1", '"\'＝1+1"'],
		["a;=1+1", '"a;\'=1+1"'],
		['x,"=cmd', '"x,""\'=cmd"'],
		["5 = 5", "5 = 5"],
	])("never begins a formula, in a spreadsheet with either delimiter: %j", (value, cell) => {
		expect(csvCell(value)).toBe(cell);
	});
});

describe("an exported message", () => {
	const message = aMessage({ text: 'код 1234; всё, "да"\nи =2+2', clientMessageId: "a,b" });

	it.each([",", ";"])("has its columns in CSV, with the delimiter %s", (delimiter) => {
		const format = csv(delimiter);

		const [row] = parse(`${format.header(true)}${format.line(message, true)}`, { columns: true, delimiter }) as [
			object,
		];

		expect(row).toMatchObject({
			message_id: String(message.messageId),
			client_message_id: "a,b",
			message_text: message.text,
		});
		expect(Object.keys(row)).toEqual(Object.keys(exportedMessage(message, true)));
	});

	it("is one line of JSON in NDJSON, exactly as it is", () => {
		const line = ndjson.line(aMessage({ text: "=1+1\n" }), true);

		expect(line.trimEnd().split("\n")).toHaveLength(1);
		expect(JSON.parse(line)).toMatchObject({ message_text: "=1+1\n" });
	});

	it("has its text on request only, and a redacted text stays redacted", () => {
		const ended = redacted(aMessage({ text: "код 1234", status: "DELIVERED", finalText: "mask-codes" }));

		expect(exportedMessage(message, false)).not.toHaveProperty("message_text");
		expect(exportedMessage(ended, true)).toMatchObject({ text_redacted: true, message_text: "код ****" });
	});

	it.each([
		[{}, true],
		[{ account: "demo", status: ["NEW"] as const }, true],
		[{ account: "other" }, false],
		[{ batch: 7 }, false],
		[{ from: mondayAtEleven, to: mondayAtEleven + 1 }, true],
		[{ from: mondayAtEleven + 1 }, false],
		[{ to: mondayAtEleven }, false],
		[{ status: ["SENT", "DELIVERED"] as const }, false],
	])("is selected by account, batch, time and status: %j", (criteria, expected) => {
		const one = aMessage({ acceptedAt: mondayAtEleven });

		expect(isSelected(one, criteria as never)).toBe(expected);
	});
});

describe("the file of an export", () => {
	const position = (from: string | null, written: number) => ({
		from,
		isDone: from === null,
		rows: written,
		written,
		unreadable: 0,
	});

	it("is continued after a death, without what was written after the last position", () => {
		const path = join(folder, "continued.csv");
		const first = exportFile(path, "all");
		first.append("one\n", position("1", 1));
		first.close();
		appendFileSync(path, "half a li");

		const second = exportFile(path, "all");
		expect(second.position).toMatchObject({ from: "1", written: 1 });
		second.append("два\n", position(null, 2));
		second.complete();
		second.close();

		expect(readFileSync(path, "utf8")).toBe("one\nдва\n");
		expect(existsSync(`${path}.progress`)).toBe(false);
		expect(statSync(path).mode & 0o777).toBe(0o600);
	});

	it("knows that all was written, if the death came before the end of the command", () => {
		const path = join(folder, "done.csv");
		const first = exportFile(path, "all");
		first.append("one\n", position(null, 1));
		first.close();

		const second = exportFile(path, "all");
		second.close();

		expect(second.position.isDone).toBe(true);
	});

	it("is continued if the first page failed, and remembers the rows that could not be read", async () => {
		const path = join(folder, "failed.ndjson");
		const given = { file: path, format: "ndjson", delimiter: ",", text: false, rowsPerSecond: 1_000_000 } as const;
		const pages = new Map([
			[null, { rows: [aMessage()], unreadable: 2, next: "1" }],
			["1", { rows: [aMessage()], unreadable: 1, next: null }],
		]);
		const attempt = async (failsAt: string | null | undefined) => {
			const file = exportFile(path, "all");
			const page = async (from: string | null) => {
				const found = pages.get(from);
				if (found === undefined || from === failsAt) throw new Error("the table is unavailable");
				return found;
			};
			return await writeAll(file, { table: { page }, total: null }, given).finally(() => file.close());
		};

		await expect(attempt(null)).rejects.toThrow("unavailable");
		await expect(attempt("1")).rejects.toThrow("unavailable");

		expect(await attempt(undefined)).toEqual({ written: 2, unreadable: 3 });
		expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(2);
	});

	it("is not begun for a batch that does not exist", async () => {
		const path = join(folder, "absent.csv");
		const dynamo = { send: async () => ({}) };
		const target = { dynamo, prefix: "smsgw-test", table: (role: string) => role, log: memoryLog() };
		const given = { file: path, batch: 7, format: "csv", delimiter: ",", text: false, rowsPerSecond: 1 };

		await expect((exportMessages as never as Runnable).run(given, target)).rejects.toThrow(CommandError);

		expect([path, `${path}.progress`].filter(existsSync)).toEqual([]);
	});

	it("continues from a file of progress of an earlier version", () => {
		const path = join(folder, "earlier.csv");
		writeFileSync(path, "one\n");
		const { unreadable: _, ...earlier } = position("1", 1);
		writeFileSync(`${path}.progress`, JSON.stringify({ of: "all", bytes: 4, ...earlier }));
		const file = exportFile(path, "all");
		file.close();

		expect(file.position).toMatchObject({ from: "1", written: 1, unreadable: 0 });
	});

	it("is not overwritten, and not continued by another export", () => {
		const [existing, begun, broken] = ["existing", "begun", "broken"].map((name) => join(folder, name)) as [
			string,
			string,
			string,
		];
		writeFileSync(existing, "mine");
		exportFile(begun, "of demo").close();
		const file = exportFile(begun.replace("begun", "begun2"), "of demo");
		file.append("x", position("1", 1));
		file.close();
		writeFileSync(`${broken}.progress`, "{}");

		expect(() => exportFile(existing, "all")).toThrow(UsageError);
		expect(readFileSync(existing, "utf8")).toBe("mine");
		expect(() => exportFile(join(folder, "begun2"), "of other")).toThrow(/is of another export, of demo/);
		expect(() => exportFile(broken, "all")).toThrow(/is not the progress of an export/);
		expect(() => exportFile(join(folder, "no", "such", "folder"), "all")).toThrow(/cannot be written: ENOENT/);
	});
});
