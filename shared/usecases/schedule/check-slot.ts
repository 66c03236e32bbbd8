import { shardsOf } from "../../domain/schedule/slots.ts";
import type { DueShardQueue } from "./due-shard-queue.ts";

/** Has every shard of a slot looked at. The slot stays listed: what comes too late for this look is the sweep's. */
export async function checkSlot(dueShards: DueShardQueue, slot: number): Promise<void> {
	await dueShards.send(Array.from({ length: shardsOf(slot) }, (_, shard) => ({ slot, shard })));
}
