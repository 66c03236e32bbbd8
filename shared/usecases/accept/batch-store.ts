import type { Batch } from "../../domain/accept/batch.ts";

export type BatchStore = {
	/** Writes a batch of which every message has a holder, whatever was there before. */
	put(batch: Batch): Promise<void>;
	/** Writes a batch where it is still as it was read, null where there was none; false where another attempt wrote it since. */
	replace(known: Batch | null, batch: Batch): Promise<boolean>;
	/** Null where there is none, or it is past its retention. */
	find(batchId: number): Promise<Batch | null>;
};
