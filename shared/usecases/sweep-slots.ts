import { slotShards } from "../domain/slots.ts";
import type { Clock, LookQueue, SlotStore } from "../ports.ts";

export type Sweeping = {
	readonly slots: Pick<SlotStore, "due" | "forget">;
	readonly looks: LookQueue;
	readonly now: Clock;
};

/**
 * Has every slot looked at that is due, shard by shard. A slot is struck off only when all its looks are queued; rows that are put
 * there later list it again.
 */
export async function sweepSlots({ slots, looks, now }: Sweeping): Promise<void> {
	for (const slot of await slots.due(now())) {
		await looks.send(Array.from({ length: slotShards }, (_, shard) => ({ slot, shard })));
		await slots.forget(slot);
	}
}
