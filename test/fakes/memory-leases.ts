import type { Operator } from "#shared/domain/message/operators.ts";
import { pausedBatchesMax } from "#shared/domain/send/paused-batches.ts";
import type { LeaseDeps } from "#shared/flow/held-lease.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import { leaseTerms } from "#shared/flow/lease-terms.ts";
import type { OperatorSwitches } from "#shared/usecases/send/operator-switches.ts";
import { memoryLog } from "./memory-stores.ts";

type MemoryLease = { holder: string; until: number; note?: string };

/** Leases in memory; `rows` has each held lease and when it expires. */
export function memoryLeases(): LeaseStore & { readonly rows: Map<string, MemoryLease> } {
	const rows = new Map<string, MemoryLease>();
	return {
		rows,
		async hold(lease, holder, now, until, note = rows.get(lease)?.note) {
			const row = rows.get(lease);
			if (row !== undefined && row.holder !== holder && row.until > now) return false;
			rows.set(lease, { holder, until, ...(note !== undefined && { note }) });
			return true;
		},
		async release(lease, holder) {
			if (rows.get(lease)?.holder === holder) rows.delete(lease);
		},
		async holders(leases, now) {
			const held = leases.flatMap((lease) => {
				const row = rows.get(lease);
				return row !== undefined && row.until > now ? [[lease, row.holder] as const] : [];
			});
			return new Map(held);
		},
		async notes(leases, now) {
			const held = leases.flatMap((lease) => {
				const { holder, until, note } = rows.get(lease) ?? { holder: "", until: 0 };
				return note !== undefined && until > now ? [[lease, { holder, until, note }] as const] : [];
			});
			return new Map(held);
		},
	};
}

export function memorySwitches(): OperatorSwitches {
	const [paused, batches] = [new Set<Operator>(), new Map<number, number>()];
	return {
		paused: async () => ({ operators: new Set(paused), batches: new Set(batches.keys()) }),
		pause: async (operator) => void paused.add(operator),
		resume: async (operator) => void paused.delete(operator),
		async pauseBatch(batchId, until, now) {
			for (const [id, ends] of batches) if (ends <= now) batches.delete(id);
			if (!batches.has(batchId) && batches.size >= pausedBatchesMax) return false;
			batches.set(batchId, until);
			return true;
		},
		resumeBatch: async (batchId) => void batches.delete(batchId),
	};
}

let tasks = 0;

/** The lease dependencies of a task of its own, alone unless others' leases are given. */
export function leasingOfTask(parts: Partial<LeaseDeps> = {}): LeaseDeps {
	tasks += 1;
	return {
		leases: memoryLeases(),
		holder: `task ${tasks}`,
		terms: leaseTerms(30),
		now: Date.now,
		monotonic: () => performance.now(),
		log: memoryLog(),
		...parts,
	};
}
