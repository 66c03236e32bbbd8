import type { Clock } from "../../clock.ts";
import type { IncomingMessage } from "../../domain/incoming/incoming-message.ts";
import type { Message } from "../../domain/message/message.ts";
import { operators } from "../../domain/message/operators.ts";
import {
	erasableFrom,
	erasedIncoming,
	erasedMessage,
	isErasable,
	isIncomingErasable,
	namesNumber,
	submissionRefs,
} from "../../domain/numbers/erasure.ts";
import { smscRef } from "../../domain/receipts/smsc-ref.ts";
import { placeOf } from "../../domain/search/search-entry.ts";
import type { IncomingStore } from "../incoming/incoming-store.ts";
import { recipientCounters } from "../limits/limit-recipients.ts";
import type { MessageStore } from "../message/message-store.ts";
import { confirmedReports } from "../reports/confirmed-reports.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { SearchIndex } from "../search/search-index.ts";
import type { NumberStore } from "./number-store.ts";

/** Replaces rows without their numbers, and takes them out of the search. */
export type NumberEraser = {
	/** Of messages that are still at the revision that was read. Returns how many. */
	eraseMessages(messages: readonly Message[]): Promise<number>;
	eraseIncoming(messages: readonly IncomingMessage[]): Promise<void>;
	removeSubmissions(refs: readonly string[]): Promise<void>;
	removeCounters(names: readonly string[]): Promise<void>;
};

export type EraseNumberDeps = {
	readonly messages: Pick<MessageStore, "readEach">;
	readonly incoming: Pick<IncomingStore, "readEach">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly numbers: Pick<NumberStore, "find" | "remove">;
	readonly byRecipient: SearchIndex;
	readonly incomingIndexes: readonly SearchIndex[];
	readonly eraser: NumberEraser;
	readonly now: Clock;
	readonly pause: (ms: number) => Promise<void>;
	readonly rowsPerSecond: number;
};

export type ErasureReport = {
	readonly messages: {
		readonly found: number;
		readonly erased: number;
		/** They have not ended, their report is not confirmed, or they cannot be read. */
		readonly left: number;
		/** When all of them have ended, and are reported, at the latest; null: none is left, or none that can be read. */
		readonly lastEndsAt: number | null;
		/** Whose client_message_id, which stays, contains the number. */
		readonly namedByClient: number;
	};
	readonly incoming: { readonly found: number; readonly erased: number; readonly left: number };
	/** `kept`: it is blocked, and must stay so. */
	readonly numberRow: "none" | "removed" | "kept";
};

const pageRows = 25;
/** More accounts than any number has. A further run finds the rest. */
const accountsMax = 1_000;

/**
 * Erases every trace of a number that can be found by it (ADR 0111). May be repeated: erased rows are not found again, so
 * a run that was stopped continues where it was. Waiting messages stay as they are.
 */
export async function eraseNumber(deps: EraseNumberDeps, number: string): Promise<ErasureReport> {
	const accounts = await deps.byRecipient.accounts(number, accountsMax);
	/* Before the rows, which lead to the accounts. */
	await deps.eraser.removeCounters(recipientCounters(number, accounts, deps.now()));
	const messages = { found: 0, erased: 0, left: 0, lastEndsAt: null as number | null, namedByClient: 0 };
	await walk(deps, deps.byRecipient, number, accounts, async (ids) => {
		const read = await deps.messages.readEach(ids);
		const rows = [...read.rows.values()].filter((row) => row.recipient === number);
		const isConfirmed = await confirmedReports(deps.reportBatches, rows);
		const erasable = rows.filter((row) => isErasable(row, isConfirmed(row), deps.now()));
		/* Before the rows, which lead to them. */
		await deps.eraser.removeSubmissions([...new Set(erasable.flatMap(submissionRefs))]);
		const erased = await deps.eraser.eraseMessages(erasable.map(erasedMessage));
		const left = rows.filter((row) => !erasable.includes(row));
		messages.found += rows.length + read.unreadable.size;
		messages.erased += erased;
		messages.left += rows.length - erased + read.unreadable.size;
		messages.lastEndsAt = left.reduce<number | null>(
			(last, row) => Math.max(last ?? 0, erasableFrom(row)),
			messages.lastEndsAt,
		);
		messages.namedByClient += erasable.filter((row) => namesNumber(row.clientMessageId ?? "", number)).length;
	});
	if (messages.left === 0)
		await deps.eraser.removeSubmissions(operators.map((operator) => smscRef(operator, number, "")));
	return { messages, incoming: await eraseIncoming(deps, number), numberRow: await removeNumberRow(deps, number) };
}

async function eraseIncoming(deps: EraseNumberDeps, number: string): Promise<ErasureReport["incoming"]> {
	const incoming = { found: 0, erased: 0, left: 0 };
	for (const index of deps.incomingIndexes) {
		const accounts = await index.accounts(number, accountsMax);
		await walk(deps, index, number, accounts, async (ids) => {
			const { rows: read, unreadable } = await deps.incoming.readEach(ids);
			const rows = [...read.values()];
			const isConfirmed = await confirmedReports(deps.reportBatches, rows);
			const erasable = rows.filter((row) => isIncomingErasable(row, isConfirmed(row), deps.now()));
			await deps.eraser.eraseIncoming(erasable.map((row) => erasedIncoming(row, number)));
			incoming.found += rows.length + unreadable.size;
			incoming.erased += erasable.length;
			incoming.left += rows.length - erasable.length + unreadable.size;
		});
	}
	return incoming;
}

/** Goes through the entries of a number once, account by account, at the given rate. */
async function walk(
	{ pause, rowsPerSecond }: EraseNumberDeps,
	index: SearchIndex,
	number: string,
	accounts: readonly string[],
	erasePage: (messageIds: readonly number[]) => Promise<void>,
): Promise<void> {
	for (const userName of accounts) {
		for (let before: string | null = null; ; ) {
			const page = { number, userName, from: null, to: null, before, limit: pageRows };
			const { entries, more } = await index.entries(page);
			if (entries.length > 0) await erasePage(entries.map(({ messageId }) => messageId));
			const last = entries.at(-1);
			if (!more || last === undefined) break;
			before = placeOf(last);
			await pause((entries.length / rowsPerSecond) * 1_000);
		}
	}
}

async function removeNumberRow({ numbers }: EraseNumberDeps, number: string): Promise<ErasureReport["numberRow"]> {
	const row = (await numbers.find([number])).get(number);
	if (row === undefined) return "none";
	if (row === "unreadable" || row.blocked) return "kept";
	await numbers.remove([number]);
	return "removed";
}
