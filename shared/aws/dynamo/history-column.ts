import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
	type HistoryEntry,
	type HistoryKind,
	historyEntry,
	historyFields,
} from "../../domain/message/history-entry.ts";
import { statuses } from "../../domain/message/statuses.ts";
import { type Column, nullable, number, oneOf, text } from "./columns.ts";

/** One letter for each kind: every octet of a row counts (ADR 0113). */
const letters = {
	picked_up: "p",
	paused: "s",
	refused_for_now: "r",
	unanswered: "u",
	repeats_used_up: "c",
	receipt: "d",
	ended: "e",
	left_out: "o",
} as const satisfies Record<HistoryKind, string>;

const kinds: ReadonlyMap<string | undefined, HistoryKind> = new Map(
	Object.entries(letters).map(([kind, letter]) => [letter, kind as HistoryKind] as const),
);

const status = oneOf("status", statuses, (value) => ({ S: value }));

const values = {
	code: text("code"),
	bindIndex: nullable(number("bindIndex")),
	times: number("times"),
	lastAfterMs: number("lastAfterMs"),
	segmentIndex: number("segmentIndex"),
	status,
	errorCode: nullable(text("errorCode")),
	state: nullable(text("state")),
	reason: nullable(text("reason")),
	copyId: nullable(text("copyId")),
	reportBatchId: nullable(text("reportBatchId")),
	count: number("count"),
} as const;

type ValueName = keyof typeof values;

const absent: AttributeValue = { S: "" };
const isAbsent = (value: AttributeValue | undefined) => value === undefined || value.S === "";

function write(entry: HistoryEntry): AttributeValue {
	const fields: Readonly<Record<string, unknown>> = entry;
	const written = historyFields[entry.kind].map((name): AttributeValue => {
		const value = fields[name];
		if (value === null || value === undefined) return absent;
		return typeof value === "number" ? { N: String(value) } : { S: String(value) };
	});
	const used = written.findLastIndex((value) => !isAbsent(value)) + 1;
	return { L: [{ S: letters[entry.kind] }, { N: String(entry.afterMs) }, ...written.slice(0, used)] };
}

/** Null for a kind that this version does not know. @throws Error for a value of another type. */
function read(list: readonly AttributeValue[]): HistoryEntry | null {
	const [letter, after, ...rest] = list;
	const kind = kinds.get(letter?.S);
	if (kind === undefined) return null;
	const fields = historyFields[kind].map((name: ValueName, index) => {
		const value = rest[index];
		return [name, values[name].read(isAbsent(value) ? undefined : value)] as const;
	});
	return historyEntry(kind, number("after").read(after), Object.fromEntries(fields) as never);
}

/** An entry that cannot be read is left out: no message stands still because of its history. */
function readOrNone({ L }: AttributeValue): readonly HistoryEntry[] {
	try {
		const entry = read(L ?? []);
		return entry === null ? [] : [entry];
	} catch {
		return [];
	}
}

/** A list of lists: the letter of the kind, milliseconds since acceptance, and the fields, "" for null. */
export const historyColumn: Column<readonly HistoryEntry[]> = {
	name: "hi",
	write: (entries) => (entries.length === 0 ? { NULL: true } : { L: entries.map(write) }),
	read: (attribute) => attribute?.L?.flatMap(readOrNone) ?? [],
};
