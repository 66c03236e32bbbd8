import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { dynamoBatches } from "#shared/aws/dynamo/dynamo-batches.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { restoredRows } from "#shared/aws/dynamo/dynamo-restored.ts";
import { messageOf } from "#shared/aws/dynamo/message-columns.ts";
import { rowReading } from "#shared/aws/dynamo/readable-rows.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { statuses } from "#shared/domain/message/statuses.ts";
import type { RestoredTable } from "#shared/usecases/restore/restored-table.ts";
import { command } from "../command.ts";
import { CommandError, inOneLine } from "../errors.ts";
import { type ExportFile, exportFile } from "../export-file.ts";
import { accountName, count, instant } from "../inputs.ts";
import { csv, type LineFormat, ndjson } from "../message-lines.ts";
import { asSentence } from "../output.ts";
import { progressBar } from "../progress.ts";
import type { Target } from "../target.ts";
import { batchId } from "./batches.ts";

const pageRows = 250;

const input = z.object({
	file: z.string().min(1, "the name of a file"),
	format: z.enum(["csv", "ndjson"]).default("csv"),
	delimiter: z.enum([",", ";"]).default(","),
	account: accountName.optional(),
	batch: batchId.optional(),
	from: instant.optional(),
	to: instant.optional(),
	status: z.array(z.enum(statuses)).optional(),
	text: z.boolean().default(false),
	rowsPerSecond: count(z.int().min(1, "a whole number, 1 or more")).default(2_000),
});
type Input = z.output<typeof input>;

export const exportMessages = command({
	call: "export <file>",
	description: "write messages to a file as CSV or NDJSON",
	notes: `Without --batch the command reads the whole table of messages, in no order: a read unit for each message. An interrupted
export continues if the same command is called again: FILE.progress remembers how far it came. Messages that are accepted
meanwhile may be in the file or not.

Texts are left out without --text. Texts that were redacted when their messages ended stay so. In CSV, what a spreadsheet
would run as a formula gets an apostrophe before it; NDJSON has every value as it is. Give --delimiter ";" for a spreadsheet
in Russian or Kazakh.

Exit codes: 0 all are written, 1 it stopped, or some rows cannot be read.`,
	options: [
		["--format <format>", "csv or ndjson (csv)"],
		["--delimiter <character>", "between the cells of CSV: , or ; (,)"],
		["--account <account>", "messages of this account only"],
		["--batch <batch-id>", "messages of this batch only; reads no others"],
		["--from <time>", "accepted at this time or later, with its zone"],
		["--to <time>", "accepted before this time"],
		["--status <status...>", "with one of these statuses"],
		["--text", "write the texts, which are left out otherwise"],
		["--rows-per-second <n>", "upper limit of rows read (2000)"],
	],
	example: "messages export november.csv --account kaspi --from 2026-11-01T00:00:00+05:00 --stage prod",
	input,
	async run(given, target) {
		const { file: path, rowsPerSecond: _, ...selection } = given;
		const source = await sourceOf(given, target);
		const file = exportFile(path, `${target.prefix} ${JSON.stringify(selection)}`);
		try {
			const { written, unreadable } = await writeAll(file, source, given);
			file.complete();
			const left = unreadable === 0 ? "" : `; ${unreadable} cannot be read by this version`;
			const data = { written, unreadable };
			return { ...asSentence(`${written} messages written to ${path}${left}`, data), exitCode: unreadable > 0 ? 1 : 0 };
		} catch (error) {
			if (error instanceof CommandError) throw error;
			throw new CommandError(`stopped: ${inOneLine(error)}; call it again to continue`, { cause: error });
		} finally {
			file.close();
		}
	},
});

/** Writes page by page, so that the memory is that of a page. */
export async function writeAll(file: ExportFile, source: Source, given: Input) {
	const { text, rowsPerSecond } = given;
	const format = given.format === "csv" ? csv(given.delimiter) : ndjson;
	const bar = progressBar({ unit: "messages read" });
	let { position } = file;
	try {
		while (!position.isDone) {
			const startedAt = performance.now();
			const page = await source.table.page(position.from);
			const wanted = page.rows.filter((message) => isSelected(message, given));
			const rows = position.rows + page.rows.length + page.unreadable;
			const header = position.from === null ? format.header(text) : "";
			position = {
				from: page.next,
				isDone: page.next === null,
				rows,
				written: position.written + wanted.length,
				unreadable: position.unreadable + page.unreadable,
			};
			file.append(`${header}${linesOf(format, wanted, text)}`, position);
			bar.show(rows, source.total, `${position.written} written`);
			const aheadMs = startedAt + (page.rows.length / rowsPerSecond) * 1_000 - performance.now();
			if (!position.isDone && aheadMs > 0) await pause(aheadMs);
		}
	} finally {
		bar.end();
	}
	return { written: position.written, unreadable: position.unreadable };
}

const linesOf = (format: LineFormat, messages: readonly Message[], withText: boolean) =>
	messages.map((message) => format.line(message, withText)).join("");

export function isSelected(message: Message, { account, batch, from, to, status }: Partial<Input>): boolean {
	return (
		(account === undefined || message.userName === account) &&
		(batch === undefined || message.batchId === batch) &&
		message.acceptedAt >= (from ?? Number.NEGATIVE_INFINITY) &&
		message.acceptedAt < (to ?? Number.POSITIVE_INFINITY) &&
		(status === undefined || status.includes(message.status))
	);
}

type Source = { readonly table: RestoredTable<Message>; readonly total: number | null };

async function sourceOf({ batch }: Input, target: Target): Promise<Source> {
	const { dynamo, log } = target;
	const at = { client: dynamo, table: target.table("messages"), now: Date.now, pageRows };
	if (batch === undefined)
		return { table: restoredRows(at, rowReading(log, "messages", ["message_id"], messageOf)), total: null };
	const row = await dynamoBatches(dynamo, target.table("batches"), Date.now).find(batch);
	if (row?.state !== "committed") throw new CommandError(`batch ${batch} does not exist, or is no longer kept`);
	const ids = [...new Set(row.messageIds)];
	const messages = dynamoMessages(dynamo, target.table("messages"), Date.now, log);
	return {
		total: ids.length,
		table: {
			async page(from) {
				const begin = Number(from ?? 0);
				const { rows, unreadable } = await messages.readEach(ids.slice(begin, begin + pageRows));
				const next = begin + pageRows < ids.length ? String(begin + pageRows) : null;
				return { rows: [...rows.values()], unreadable: unreadable.size, next };
			},
		},
	};
}
