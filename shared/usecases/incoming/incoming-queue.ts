import type { IncomingEntry } from "../../domain/incoming/incoming-entry.ts";

/** The queue of MO work. */
export type IncomingQueue = {
	/** @param delaySeconds before they may be received: 0 to 900. */
	send(entries: readonly IncomingEntry[], delaySeconds?: number): Promise<void>;
};
