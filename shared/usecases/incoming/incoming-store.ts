import type { IncomingMessage } from "../../domain/incoming/incoming-message.ts";
import type { ReadRows } from "../message/message-store.ts";

export type IncomingStore = {
	/** Writes them unconditionally. Ids must not repeat. */
	put(messages: readonly IncomingMessage[]): Promise<void>;
	/** Strongly consistent, by id. Messages that are absent or past their retention are left out. */
	readEach(messageIds: readonly number[]): Promise<ReadRows<IncomingMessage>>;
};
