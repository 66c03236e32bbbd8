import type { Clock } from "../../clock.ts";
import { shardsMax } from "../../domain/schedule/slots.ts";
import type { DueShardQueue } from "./due-shard-queue.ts";
import type { SlotStore } from "./slot-store.ts";

export type SweepDeps = {
	readonly slots: Pick<SlotStore, "due" | "rows" | "forget">;
	readonly dueShards: DueShardQueue;
	readonly now: Clock;
};

/** The time for a slot's alarm and its checks, and for late writes of rows. */
const graceMs = 5 * 60_000;

/**
 * Queues a check of every shard that still has rows more than five minutes after its slot, because the alarm or the
 * check failed (ADR 0007). A slot without rows leaves the list; a row that is put there later lists it again.
 */
export async function sweepSlots({ slots, dueShards, now }: SweepDeps): Promise<void> {
	for (const slot of await slots.due(now() - graceMs)) {
		const left = await shardsLeft(slots, slot);
		if (left.length === 0) await slots.forget(slot);
		else await dueShards.send(left.map((shard) => ({ slot, shard })));
	}
}

/** The shards with rows. A shard that cannot be read counts as one. */
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
