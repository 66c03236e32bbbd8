/** A shard of a slot that is due. `after`: where an earlier check stopped; otherwise it begins with the first row. */
export type DueShard = { readonly slot: number; readonly shard: number; readonly after?: string };

/** The queue of shards to check. Every call has a time limit; one that throws may have queued some or all. */
export type DueShardQueue = { send(dueShards: readonly DueShard[]): Promise<void> };
