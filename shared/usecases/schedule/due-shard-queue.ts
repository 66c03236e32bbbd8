/** A shard of a slot that is due. `after`: an earlier look got so far, and ran out of time; its first rows otherwise. */
export type DueShard = { readonly slot: number; readonly shard: number; readonly after?: string };

export type DueShardQueue = { send(dueShards: readonly DueShard[]): Promise<void> };
