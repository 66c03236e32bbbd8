/** Tasks read all paused batches every few seconds. */
export const pausedBatchesMax = 100;
