import { messageOf } from "#shared/aws/message-columns.ts";
import type { Message } from "#shared/domain/message.ts";
import type { ItemChange } from "../aws/dynamo-engine.ts";

/** The messages table as it is, found by what the history knows its messages by. */
export type MessageMirror = {
	row(messageId: number): Message | undefined;
	rows(): Iterable<Message>;
	/** Every row that there ever was of this recipient. */
	idsTo(recipient: string): readonly number[];
	idsOfBatch(batchId: number): readonly number[];
	/** The row that holds a client's id; those that were refused with 23 do not. */
	idOfClient(userName: string, clientMessageId: string): number | undefined;
	/** How many rows have not come to their end. */
	readonly unfinished: number;
	/** To be told of every change of the table, before the checks are. */
	changed(change: ItemChange): { readonly before: Message | undefined; readonly after: Message | undefined };
};

/** @param isFinal tells the ends among the statuses. */
export function messageMirror(isFinal: (status: Message["status"]) => boolean): MessageMirror {
	const rows = new Map<number, Message>();
	const byRecipient = new Map<string, Set<number>>();
	const byBatch = new Map<number, Set<number>>();
	const byClient = new Map<string, number>();
	let unfinished = 0;

	const count = (row: Message | undefined, by: 1 | -1) => {
		if (row !== undefined && !isFinal(row.status)) unfinished += by;
	};

	function index({ messageId, recipient, batchId, clientMessageId, userName, errorCode }: Message): void {
		grow(byRecipient, recipient, messageId);
		if (batchId !== null) grow(byBatch, batchId, messageId);
		if (clientMessageId !== null && errorCode !== "23") byClient.set(`${userName} ${clientMessageId}`, messageId);
	}

	return {
		row: (messageId) => rows.get(messageId),
		rows: () => rows.values(),
		idsTo: (recipient) => [...(byRecipient.get(recipient) ?? [])],
		idsOfBatch: (batchId) => [...(byBatch.get(batchId) ?? [])],
		idOfClient: (userName, clientMessageId) => byClient.get(`${userName} ${clientMessageId}`),
		get unfinished() {
			return unfinished;
		},
		changed({ before: beforeItem, after: afterItem }) {
			const messageId = Number((afterItem ?? beforeItem)?.["message_id"]?.N);
			const before = rows.get(messageId);
			const after = afterItem === undefined ? undefined : messageOf(afterItem);
			count(before, -1);
			count(after, 1);
			if (after === undefined) rows.delete(messageId);
			else {
				rows.set(messageId, after);
				if (before === undefined) index(after);
			}
			return { before, after };
		},
	};
}

function grow<Key>(sets: Map<Key, Set<number>>, key: Key, messageId: number): void {
	const set = sets.get(key) ?? new Set();
	sets.set(key, set.add(messageId));
}
