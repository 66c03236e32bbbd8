import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../clock.ts";
import { UnreadableRows } from "../../domain/faults.ts";
import { isRedacted, redacted } from "../../domain/message/final-text.ts";
import type { Message } from "../../domain/message/message.ts";
import { isReportNamed } from "../../domain/reports/report-batches.ts";
import type { InsertOutcome, MessageStore, ReadRows, WantedChange } from "../../usecases/message/message-store.ts";
import { type Item, type PartiqlStatement, readItems, runStatements } from "./dynamo-items.ts";
import { itemOf, messageOf, ownColumns, request, searchAttributes, state } from "./message-columns.ts";
import { type RowLog, readableRows, unexpired } from "./readable-rows.ts";

/** @param isIndexed whether new messages are found by their recipient too. */
export function dynamoMessages(
	client: DynamoDBClient,
	table: string,
	now: Clock,
	log: RowLog,
	isIndexed = false,
): MessageStore {
	const { read, readEach } = readsOf(client, table, now, log);

	async function insert(messages: readonly Message[]): Promise<readonly InsertOutcome[]> {
		const taken = await notInserted(messages);
		const holders = taken.length === 0 ? new Map<number, Message>() : await read(taken.map((row) => row.messageId));
		const expiredRows = taken.filter(({ messageId }) => !holders.has(messageId));
		if (expiredRows.length > 0) await replaceExpired(expiredRows);
		return messages.map(({ messageId, attempt }): InsertOutcome => {
			const by = holders.get(messageId);
			return by === undefined || by.attempt === attempt ? { kind: "inserted" } : { kind: "taken", by };
		});
	}

	async function notInserted(messages: readonly Message[]): Promise<readonly Message[]> {
		const outcomes = await runStatements(
			client,
			messages.map((message) => insertion(table, message, isIndexed)),
		);
		return messages.filter((_, index) => outcomes[index] !== "done");
	}

	/** The rows with these ids are past their retention but not deleted yet, which takes DynamoDB days. They count as absent. */
	async function replaceExpired(messages: readonly Message[]): Promise<void> {
		await runStatements(
			client,
			messages.map(({ messageId }) => deletionOfExpired(table, messageId, now())),
		);
		const [left] = await notInserted(messages);
		if (left !== undefined) throw new Error(`message ${left.messageId}: another insert took the id of an expired row`);
	}

	async function change(changes: readonly WantedChange[]): Promise<readonly ("changed" | "stale")[]> {
		const outcomes = await runStatements(
			client,
			changes.map((wanted) => update(table, wanted)),
		);
		const failed = changes.filter((_, index) => outcomes[index] !== "done");
		const rows =
			failed.length === 0
				? new Map<number, Message>()
				: (await readEach(failed.map((one) => one.message.messageId))).rows;
		return changes.map((wanted, index) => {
			if (outcomes[index] === "done") return "changed";
			return isChanged(rows.get(wanted.message.messageId), wanted) ? "changed" : "stale";
		});
	}

	async function undoInsert(messages: readonly Message[]): Promise<void> {
		await runStatements(
			client,
			messages.map((message) => deletion(table, message)),
		);
	}

	return { insert, read, readEach, change, undoInsert };
}

function readsOf(
	client: DynamoDBClient,
	table: string,
	now: Clock,
	log: RowLog,
): Pick<MessageStore, "read" | "readEach"> {
	const logFields = (item: Item) => ({ message_id: idOf(item) });
	const reading = { log, event: "message.unreadable", logFields, read: messageOf } as const;

	async function readEach(messageIds: readonly number[]): Promise<ReadRows<Message>> {
		const keys = messageIds.map((id) => ({ message_id: { N: String(id) } }));
		const { rows, unreadable } = readableRows(unexpired(await readItems(client, table, keys), now()), reading);
		return { rows: new Map(rows.map((row) => [row.messageId, row])), unreadable: new Set(unreadable.map(idOf)) };
	}

	async function read(messageIds: readonly number[]): Promise<ReadonlyMap<number, Message>> {
		const { rows, unreadable } = await readEach(messageIds);
		if (unreadable.size > 0) throw new UnreadableRows("messages", unreadable);
		return rows;
	}

	return { read, readEach };
}

const idOf = (item: Item) => ownColumns.messageId.read(item[ownColumns.messageId.name]);

function insertion(table: string, message: Message, isIndexed: boolean): PartiqlStatement {
	const attributes = Object.entries({ ...itemOf(message), ...(isIndexed && searchAttributes(message)) });
	const placeholders = attributes.map(([name]) => `'${name}': ?`).join(", ");
	return { text: `INSERT INTO "${table}" VALUE {${placeholders}}`, parameters: attributes.map(([, value]) => value) };
}

function update(table: string, { message, change }: WantedChange): PartiqlStatement {
	const { messageId, attempt, revision } = ownColumns;
	const row = { ...message, ...change };
	/* DynamoDB bills the whole row either way. */
	const [requestSet, requestValues] = isRedacted(row)
		? [`${request.name} = ?, `, [request.write(redacted(row))]]
		: ["", []];
	return {
		text: `UPDATE "${table}" SET ${requestSet}${state.name} = ?, ${revision.name} = ? WHERE ${messageId.name} = ? AND ${revision.name} = ? AND ${attempt.name} = ?`,
		parameters: [
			...requestValues,
			state.write(row),
			revision.write(message.revision + 1),
			messageId.write(message.messageId),
			revision.write(message.revision),
			attempt.write(message.attempt),
		],
	};
}

function deletion(table: string, { messageId: id, attempt: by }: Message): PartiqlStatement {
	const { messageId, attempt, revision } = ownColumns;
	return {
		text: `DELETE FROM "${table}" WHERE ${messageId.name} = ? AND ${attempt.name} = ? AND ${revision.name} = ?`,
		parameters: [messageId.write(id), attempt.write(by), revision.write(0)],
	};
}

function deletionOfExpired(table: string, id: number, now: number): PartiqlStatement {
	const { messageId, keepUntil } = ownColumns;
	return {
		text: `DELETE FROM "${table}" WHERE ${messageId.name} = ? AND "${keepUntil.name}" <= ?`,
		parameters: [messageId.write(id), { N: String(Math.floor(now / 1_000)) }],
	};
}

/** A change that the SDK repeats fails on its own first success: the row already has the change, or its report batch. */
function isChanged(row: Message | undefined, { message, change }: WantedChange): boolean {
	if (row?.attempt !== message.attempt) return false;
	if (isReportNamed(row, change)) return true;
	return row.revision === message.revision + 1 && JSON.stringify({ ...row, ...change }) === JSON.stringify(row);
}
