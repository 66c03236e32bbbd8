import { countsOfChange } from "../../domain/counts/message-counts.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { Counter } from "./counter.ts";

/** A message store that counts what its changes mean. Only the write that changed a row counts (ADR 0115). */
export function countedMessages(messages: MessageStore, counter: Counter): MessageStore {
	return {
		...messages,
		async change(changes) {
			const outcomes = await messages.change(changes);
			const done = changes.filter((_, index) => outcomes[index] === "changed");
			counter.add(done.flatMap(({ message, change }) => countsOfChange(message, change)));
			return outcomes;
		},
	};
}
