import type { Clock } from "../../clock.ts";
import {
	type CallEnd,
	type CircuitBreaker,
	callDecision,
	callEnded,
	callStarted,
	closedCircuit,
	isOpen,
	probeStarted,
	updatedFromStore,
} from "../../domain/reports/circuit-breaker.ts";
import type { CircuitBreakerStore } from "./circuit-breaker-store.ts";

/** Allows one call. The caller must report how it ended. */
export type CallPermit = { callEnded(end: CallEnd): Promise<void> };

export type WebhookBreakers = {
	admit(userName: string): Promise<CallPermit | CallDenial>;
};

export type CallDenial =
	| "open"
	| "probing"
	/** The maximum of calls is under way, and none ended in time. */
	| "crowded";

/** How long a call waits for another to end. A working server answers within this time. */
const waitLimitMs = 1_000;

export type WebhookBreakerDeps = {
	readonly circuitBreakers: CircuitBreakerStore;
	readonly now: Clock;
	readonly pause: (ms: number) => Promise<unknown>;
};

/**
 * The breakers of this process. They use the store only while a webhook fails: then one process at a time probes it
 * (ADR 0013).
 */
export function webhookBreakers({ circuitBreakers, now, pause }: WebhookBreakerDeps): WebhookBreakers {
	const breakers = breakersByAccount();

	function permit(userName: string, isProbe: boolean): CallPermit {
		breakers.change(userName, callStarted(breakers.of(userName)));
		return {
			async callEnded(end) {
				const before = breakers.of(userName);
				const after = callEnded(before, now(), end);
				breakers.change(userName, after);
				if (end.kind === "confirmed" && isOpen(before)) await circuitBreakers.close(userName);
				if (isOpen(after) && (isProbe || !isOpen(before))) await circuitBreakers.open(userName, after.openUntil);
			},
		};
	}

	/** Claims the probe in the store. Null: not granted; decide again by the breaker's new state. */
	async function claimProbe(userName: string): Promise<CallPermit | null> {
		const probing = probeStarted(breakers.of(userName), now());
		breakers.change(userName, probing);
		const claim = await circuitBreakers.claim(userName, now(), probing.openUntil);
		if (claim.kind === "granted") return permit(userName, true);
		const current = breakers.of(userName);
		const closed = { ...closedCircuit, underWay: current.underWay };
		breakers.change(userName, claim.kind === "closed" ? closed : updatedFromStore(current, now(), claim));
		return null;
	}

	async function tryAdmit(
		userName: string,
		waitLimit: () => Promise<unknown>,
	): Promise<CallPermit | CallDenial | null> {
		const decision = callDecision(breakers.of(userName), now());
		switch (decision) {
			case "post":
				return permit(userName, false);
			case "claim":
				return await claimProbe(userName);
			case "wait":
				return (await isFirst(breakers.nextChange(userName), waitLimit())) ? null : "crowded";
			default:
				return decision;
		}
	}

	return {
		async admit(userName) {
			let started: Promise<unknown> | undefined;
			const waitLimit = () => {
				started ??= pause(waitLimitMs);
				return started;
			};
			for (;;) {
				const outcome = await tryAdmit(userName, waitLimit);
				if (outcome !== null) return outcome;
			}
		},
	};
}

async function isFirst(one: Promise<unknown>, other: Promise<unknown>): Promise<boolean> {
	return await Promise.race([one.then(() => true), other.then(() => false)]);
}

/** The breakers by account. Those of working servers exist only while a call is under way. */
function breakersByAccount() {
	const known = new Map<string, CircuitBreaker>();
	const waiting = new Map<string, PromiseWithResolvers<void>>();
	return {
		of: (userName: string) => known.get(userName) ?? closedCircuit,
		change(userName: string, circuit: CircuitBreaker): void {
			if (circuit.failures === 0 && circuit.underWay === 0) known.delete(userName);
			else known.set(userName, circuit);
			waiting.get(userName)?.resolve();
			waiting.delete(userName);
		},
		async nextChange(userName: string): Promise<void> {
			const next = waiting.get(userName) ?? Promise.withResolvers<void>();
			waiting.set(userName, next);
			await next.promise;
		},
	};
}
