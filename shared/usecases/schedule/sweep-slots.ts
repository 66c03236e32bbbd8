import type { Clock } from "../../clock.ts";
import { shardsMax } from "../../domain/schedule/slots.ts";
import type { DueShardQueue } from "./due-shard-queue.ts";
import type { SlotStore } from "./slot-store.ts";

export type SweepDeps = {
	readonly slots: Pick<SlotStore, "due" | "rows" | "forget">;
	readonly dueShards: DueShardQueue;
	readonly now: Clock;
};

/** How long a slot's own alarm has to do its work, and whoever still writes a row into the slot to be done with it. */
const graceMs = 5 * 60_000;

/**
 * Has every shard looked at that still has rows more than five minutes past its slot, whether its alarm was not heard or its look
 * failed. A slot is struck off only when none of its shards has any; rows that are put there later list it again.
 */
export async function sweepSlots({ slots, dueShards, now }: SweepDeps): Promise<void> {
	for (const slot of await slots.due(now() - graceMs)) {
		const left = await shardsLeft(slots, slot);
		if (left.length === 0) await slots.forget(slot);
		else await dueShards.send(left.map((shard) => ({ slot, shard })));
	}
}

/** The shards that have a row; one whose rows cannot be read has some too. */
async function shardsLeft(slots: Pick<SlotStore, "rows">, slot: number): Promise<readonly number[]> {
	const shards = Array.from({ length: shardsMax }, (_, shard) => shard);
	const has = await Promise.all(
		shards.map(
			async (shard) =>
				await slots.rows(slot, shard, 1).then(
					({ rows, unreadable }) => rows.length + unreadable > 0,
					() => true,
				),
		),
	);
	return shards.filter((shard) => has[shard]);
}
