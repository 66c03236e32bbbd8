import { shardsOf } from "../domain/slots.ts";
import type { LookQueue } from "../ports.ts";

/** Has every shard of a slot looked at. The slot stays listed: what comes too late for this look is the sweep's. */
export async function lookAtSlot(looks: LookQueue, slot: number): Promise<void> {
	await looks.send(Array.from({ length: shardsOf(slot) }, (_, shard) => ({ slot, shard })));
}
