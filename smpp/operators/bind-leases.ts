import { bindLease } from "#shared/domain/lease-names.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { type HeldLease, type LeaseDeps, takeLease } from "#shared/flow/held-lease.ts";
import { repeatWithPauses } from "#shared/flow/repeat-with-pauses.ts";
import { rebalancingSteps } from "./lease-rebalancing.ts";

export type BindLeaseHooks = {
	/** This task holds the lease: a bind may be opened. */
	taken(bindIndex: number): void;
	/** What this task publishes of the bind, with each renewal of its lease. */
	note(bindIndex: number): string;
	/** The bind must not be used from now on. Resolves when it is closed, within this time. */
	leaveBind(bindIndex: number, withinMs: number): Promise<void>;
};

export type BindLeases = {
	holds(bindIndex: number): boolean;
	/** Takes no more leases, and releases each as soon as its bind is closed. */
	stop(): Promise<void>;
};

export type BindLeasesOptions = {
	readonly operator: Operator;
	/** How many the operator's contract allows, over all tasks. */
	readonly binds: number;
	readonly leaseDeps: LeaseDeps;
	/** How long a bind may wait for its answers when it is given up without hurry. */
	readonly drainMs: number;
};

type State = {
	readonly options: BindLeasesOptions;
	readonly hooks: BindLeaseHooks;
	readonly held: Map<number, HeldLease>;
	readonly leaving: Map<number, Promise<void>>;
	readonly stopping: AbortController;
};

/** Holds as many of an operator's bind leases as are free, and shares them fairly with other tasks (docs/adr/0022). */
export function keepBindLeases(options: BindLeasesOptions, hooks: BindLeaseHooks): BindLeases {
	const state: State = { options, hooks, held: new Map(), leaving: new Map(), stopping: new AbortController() };
	const checking = checkRepeatedly(state);
	return {
		holds: (bindIndex) => !state.leaving.has(bindIndex) && state.held.get(bindIndex)?.trusted === true,
		async stop() {
			state.stopping.abort();
			/* First the leases that it holds, then those that it was about to take. */
			for (const bindIndex of state.held.keys()) leaveBind(state, bindIndex, "stopped", options.drainMs);
			await checking;
			for (const bindIndex of state.held.keys()) leaveBind(state, bindIndex, "stopped", options.drainMs);
			await Promise.all(state.leaving.values());
		},
	};
}

async function checkRepeatedly(state: State): Promise<void> {
	const { operator, binds, leaseDeps } = state.options;
	const { heartbeatMs, checkMs } = leaseDeps.terms;
	await repeatWithPauses(async () => await checkLeases(state), {
		signal: state.stopping.signal,
		/* A task that holds all leases only checks for wishes of other tasks. */
		pauseMs: () => (state.held.size === binds ? heartbeatMs : checkMs),
		onFailed: (err) => leaseDeps.log.warn("bind_leases.check_failed", { operator, err }),
	});
}

async function checkLeases(state: State): Promise<void> {
	const { operator, binds, leaseDeps, drainMs } = state.options;
	const { leases, holder, now, terms } = leaseDeps;
	const wish = `${operator}#wish`;
	const bindLeases = Array.from({ length: binds }, (_, bindIndex) => bindIndex);
	const found = await leases.holders([...bindLeases.map((bindIndex) => leaseKey(state, bindIndex)), wish], now());
	const holders = bindLeases.flatMap((bindIndex) => {
		const one = state.held.has(bindIndex) ? holder : found.get(leaseKey(state, bindIndex));
		/* A lease may be ours by a call whose answer was lost: it is taken again. */
		return one === undefined || (one === holder && !state.held.has(bindIndex)) ? [] : [[bindIndex, one] as const];
	});
	const steps = rebalancingSteps({ bindLeases: binds, holders: new Map(holders), wisher: found.get(wish) }, holder);
	if (steps.wish) await leases.hold(wish, holder, now(), now() + 3 * terms.checkMs);
	await Promise.all(steps.take.map(async (bindIndex) => await take(state, bindIndex)));
	const last = [...state.held.keys()].findLast((bindIndex) => !state.leaving.has(bindIndex));
	if (steps.giveUp && last !== undefined) leaveBind(state, last, "another task has fewer", drainMs);
}

const leaseKey = ({ options }: State, bindIndex: number) => bindLease(options.operator, bindIndex);

async function take(state: State, bindIndex: number): Promise<void> {
	const { operator, leaseDeps } = state.options;
	const onLost = (reason: string, withinMs: number) => leaveBind(state, bindIndex, reason, withinMs);
	if (state.stopping.signal.aborted) return;
	const lease = await takeLease(leaseDeps, leaseKey(state, bindIndex), onLost, () => state.hooks.note(bindIndex));
	if (lease === null) return;
	state.held.set(bindIndex, lease);
	/* Checks never overlap, but an answer may come when the task stops, or too late to be trusted. */
	if (!lease.trusted || state.stopping.signal.aborted) return leaveBind(state, bindIndex, "acquired too late", 0);
	leaseDeps.log.info("bind_lease.acquired", { operator, bindIndex });
	state.hooks.taken(bindIndex);
}

function leaveBind(state: State, bindIndex: number, reason: string, withinMs: number): void {
	const { held, leaving, hooks, options } = state;
	const lease = held.get(bindIndex);
	if (lease === undefined || leaving.has(bindIndex)) return;
	options.leaseDeps.log.info("bind_lease.released", { operator: options.operator, bindIndex, reason });
	const gone = hooks.leaveBind(bindIndex, withinMs).then(async () => {
		await lease.release();
		held.delete(bindIndex);
		leaving.delete(bindIndex);
	});
	leaving.set(bindIndex, gone);
}
