import { shardsOf } from "../../domain/schedule/slots.ts";
import type { DueShardQueue } from "./due-shard-queue.ts";

/** Queues a check of every shard of a slot. The slot stays listed, so that the sweep finds rows that come too late. */
export async function checkSlot(dueShards: DueShardQueue, slot: number): Promise<void> {
	await dueShards.send(Array.from({ length: shardsOf(slot) }, (_, shard) => ({ slot, shard })));
}
