import type { Batch } from "../../domain/accept/batch.ts";

export type BatchStore = {
	/** Writes a batch unconditionally. Every message of it has a holder. */
	put(batch: Batch): Promise<void>;
	/** Writes a batch if its row is still as it was read (null: absent); false if another attempt has written it. */
	replace(known: Batch | null, batch: Batch): Promise<boolean>;
	/** Null if there is none, or if its retention is over. */
	find(batchId: number): Promise<Batch | null>;
};
