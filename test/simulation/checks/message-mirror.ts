import { messageOf } from "#shared/aws/dynamo/message-columns.ts";
import type { Message } from "#shared/domain/message/message.ts";
import type { ItemChange } from "../aws/dynamo-engine.ts";

/** The current messages table, with look-ups by the keys that a history uses. */
export type MessageMirror = {
	row(messageId: number): Message | undefined;
	rows(): Iterable<Message>;
	/** The rows of this recipient, without those refused at acceptance. */
	idsTo(recipient: string): readonly number[];
	/** The row that holds a client's id. Rows refused with 23 do not. */
	idOfClient(userName: string, clientMessageId: string): number | undefined;
	/** The table is lost. */
	lose(): void;
	/** Callbacks for every change of the table, called before the checks. */
	changed(change: ItemChange): { readonly before: Message | undefined; readonly after: Message | undefined };
};

/** @param isFinal whether a status is final. */
export function messageMirror(isFinal: (status: Message["status"]) => boolean): MessageMirror {
	const rows = new Map<number, Message>();
	const byRecipient = new Map<string, Set<number>>();
	const byClient = new Map<string, number>();

	/** Whether a new row was refused: its status is final from the start, and its window does not open too late. */
	const isRefused = (status: Message["status"]) => isFinal(status) && status !== "EXPIRED";

	function index({ status, messageId, recipient, clientMessageId, userName, errorCode }: Message): void {
		if (!isRefused(status)) grow(byRecipient, recipient, messageId);
		if (clientMessageId !== null && errorCode !== "23") byClient.set(`${userName} ${clientMessageId}`, messageId);
	}

	return {
		row: (messageId) => rows.get(messageId),
		rows: () => rows.values(),
		lose: () => rows.clear(),
		idsTo: (recipient) => [...(byRecipient.get(recipient) ?? [])],
		idOfClient: (userName, clientMessageId) => byClient.get(`${userName} ${clientMessageId}`),
		changed({ before: beforeItem, after: afterItem }) {
			const messageId = Number((afterItem ?? beforeItem)?.["message_id"]?.N);
			const before = rows.get(messageId);
			const after = afterItem === undefined ? undefined : messageOf(afterItem);
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
