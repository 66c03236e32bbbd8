/** A shard of a slot that is due. `after`: where an earlier check stopped; otherwise it begins with the first row. */
export type DueShard = { readonly slot: number; readonly shard: number; readonly after?: string };

export type DueShardQueue = { send(dueShards: readonly DueShard[]): Promise<void> };
