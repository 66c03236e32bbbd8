import { shardsMax } from "../domain/slots.ts";
import type { Clock, LookQueue, SlotStore } from "../ports.ts";
import { lookAtSlot } from "./look-at-slot.ts";

export type Sweeping = {
	readonly slots: Pick<SlotStore, "due" | "forget">;
	readonly looks: LookQueue;
	readonly now: Clock;
};

/** How long a slot's own alarm has to do its work, and whoever still writes a row into the slot to be done with it. */
const graceMs = 5 * 60_000;

/**
 * Has every slot looked at that is more than five minutes past, whether its alarm was heard or not. A slot is struck off only when all
 * its looks are queued; rows that are put there later list it again.
 */
export async function sweepSlots({ slots, looks, now }: Sweeping): Promise<void> {
	for (const slot of await slots.due(now() - graceMs)) {
		await lookAtSlot(looks, slot, shardsMax);
		await slots.forget(slot);
	}
}
