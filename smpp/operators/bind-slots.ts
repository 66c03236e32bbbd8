import type { Operator } from "#shared/domain/operators.ts";
import { type HeldLease, type Leasing, takeLease } from "./held-lease.ts";
import { pause } from "./pause.ts";
import { movesOf } from "./slot-sharing.ts";

export type SlotHooks = {
	/** The slot is this task's: a bind may be opened on it. */
	taken(slot: number): void;
	/** It is not to be used any more, from this moment on. Resolves when its bind is gone, after so long at the latest. */
	leave(slot: number, withinMs: number): Promise<void>;
};

export type BindSlots = {
	/** Whether the slot is this task's, at this very moment. */
	holds(slot: number): boolean;
	/** Leaves them all, lets others have each as soon as its bind is gone, and takes none any more. */
	stop(): Promise<void>;
};

export type BindSlotsOptions = {
	readonly operator: Operator;
	/** How many the operator's contract allows, over all tasks. */
	readonly binds: number;
	readonly leasing: Leasing;
	/** How long a bind may wait for its answers when there is no hurry to leave its slot. */
	readonly drainMs: number;
};

type State = {
	readonly options: BindSlotsOptions;
	readonly hooks: SlotHooks;
	readonly held: Map<number, HeldLease>;
	/** Those whose binds are about to go. */
	readonly leaving: Map<number, Promise<void>>;
	readonly stopping: AbortController;
};

/** Has as many of an operator's bind slots as it can get, and as is fair beside the other tasks. */
export function keepSlots(options: BindSlotsOptions, hooks: SlotHooks): BindSlots {
	const state: State = { options, hooks, held: new Map(), leaving: new Map(), stopping: new AbortController() };
	const looking = lookAgainAndAgain(state);
	return {
		holds: (slot) => !state.leaving.has(slot) && state.held.get(slot)?.trusted === true,
		async stop() {
			state.stopping.abort();
			/* At once those that it has, and then those that it was about to take. */
			for (const slot of state.held.keys()) leave(state, slot, "stopped", options.drainMs);
			await looking;
			for (const slot of state.held.keys()) leave(state, slot, "stopped", options.drainMs);
			await Promise.all(state.leaving.values());
		},
	};
}

async function lookAgainAndAgain(state: State): Promise<void> {
	const { operator, binds, leasing } = state.options;
	const { signal } = state.stopping;
	while (!signal.aborted) {
		await look(state).catch((err: unknown) => leasing.log.warn("bind_slots.unseen", { operator, err }));
		const { heartbeatMs, lookMs } = leasing.terms;
		/* Whoever has them all looks only for others who wish for some. */
		const pauseMs = state.held.size === binds ? heartbeatMs : lookMs;
		await pause(pauseMs * (0.75 + Math.random() / 2), signal);
	}
}

async function look(state: State): Promise<void> {
	const { operator, binds, leasing, drainMs } = state.options;
	const { leases, holder, now, terms } = leasing;
	const wish = `${operator}#wish`;
	const slots = Array.from({ length: binds }, (_, slot) => slot);
	const found = await leases.holders([...slots.map((slot) => leaseOf(state, slot)), wish], now());
	const holders = slots.flatMap((slot) => {
		const one = state.held.has(slot) ? holder : found.get(leaseOf(state, slot));
		/* What is ours by a call whose answer was lost is to be taken. */
		return one === undefined || (one === holder && !state.held.has(slot)) ? [] : [[slot, one] as const];
	});
	const moves = movesOf({ slots: binds, holders: new Map(holders), wisher: found.get(wish) }, holder);
	if (moves.wish) await leases.hold(wish, holder, now(), now() + 3 * terms.lookMs);
	await Promise.all(moves.take.map(async (slot) => await take(state, slot)));
	const last = [...state.held.keys()].findLast((slot) => !state.leaving.has(slot));
	if (moves.giveUp && last !== undefined) leave(state, last, "others have fewer", drainMs);
}

const leaseOf = ({ options }: State, slot: number) => `${options.operator}#${slot}`;

async function take(state: State, slot: number): Promise<void> {
	const { operator, leasing } = state.options;
	const onLost = (reason: string, withinMs: number) => leave(state, slot, reason, withinMs);
	if (state.stopping.signal.aborted) return;
	const lease = await takeLease(leasing, leaseOf(state, slot), onLost);
	if (lease === null) return;
	state.held.set(slot, lease);
	/* Two looks never run at once, but an answer may come when the task stops, or too late to be relied on. */
	if (!lease.trusted || state.stopping.signal.aborted) return leave(state, slot, "too late", 0);
	leasing.log.info("bind_slot.taken", { operator, slot });
	state.hooks.taken(slot);
}

function leave(state: State, slot: number, reason: string, withinMs: number): void {
	const { held, leaving, hooks, options } = state;
	const lease = held.get(slot);
	if (lease === undefined || leaving.has(slot)) return;
	options.leasing.log.info("bind_slot.left", { operator: options.operator, slot, reason });
	const gone = hooks.leave(slot, withinMs).then(async () => {
		await lease.release();
		held.delete(slot);
		leaving.delete(slot);
	});
	leaving.set(slot, gone);
}
