import type { IncomingEntry } from "../../domain/incoming/incoming-entry.ts";

export type IncomingQueue = {
	/** @param delaySeconds how long nobody may take them up: 0 to 900. */
	send(entries: readonly IncomingEntry[], delaySeconds?: number): Promise<void>;
};
