import type { IncomingMessage } from "../../domain/incoming/incoming-message.ts";
import type { ReadRows } from "../message/message-store.ts";

/** Messages from subscribers, joined. */
export type IncomingStore = {
	/** Writes them, whatever was there before. The same id must not occur twice. */
	put(messages: readonly IncomingMessage[]): Promise<void>;
	/** Strongly consistent, by id; what is not there, or past its retention, is left out, and what cannot be read is named beside it. */
	readEach(messageIds: readonly number[]): Promise<ReadRows<IncomingMessage>>;
};
