/**
 * The circuit breaker of one account's webhook, in one process (ADR 0013). A server that fails or hangs does not delay
 * the reports of other accounts: few calls run until it has confirmed one, and after repeated failures it gets one
 * probe at a time.
 */
export type CircuitBreaker = {
	readonly failures: number;
	readonly underWay: number;
	/** The server confirmed a report, and has not failed since. */
	readonly proven: boolean;
	/** If the breaker is open: no call before this time. */
	readonly openUntil: number;
	/** Until `openUntil`, this or another process probes the server. */
	readonly probing: boolean;
};

export const closedCircuit: CircuitBreaker = { failures: 0, underWay: 0, proven: false, openUntil: 0, probing: false };

export type CallDecision =
	| "post"
	/** The maximum of calls is under way: wait until one ends. */
	| "wait"
	/** The pause is over: claim the probe in the store. */
	| "claim"
	| "open"
	| "probing";

/** How a call ended. `busy` (Retry-After) and `gone` (410) open the breaker at once. */
export type CallEnd =
	| { readonly kind: "confirmed" }
	| { readonly kind: "failed" }
	| { readonly kind: "busy"; readonly askedMs: number }
	| { readonly kind: "gone" };

const failuresMax = 3;
const underWayMax = 50;
const pauseMs = 30_000;
/** The longest pause that a Retry-After causes for the account's other reports. */
const askedMaxMs = 10 * 60_000;
/** Longer than a call can take, so a probe whose process died does not block the next one. */
const probeMs = 15_000;

export function callDecision(circuit: CircuitBreaker, now: number): CallDecision {
	if (isOpen(circuit)) {
		if (now >= circuit.openUntil) return "claim";
		return circuit.probing ? "probing" : "open";
	}
	const callsMax = circuit.proven ? underWayMax : failuresMax - circuit.failures;
	return circuit.underWay < callsMax ? "post" : "wait";
}

export function isOpen({ failures }: CircuitBreaker): boolean {
	return failures >= failuresMax;
}

export function callStarted(circuit: CircuitBreaker): CircuitBreaker {
	return { ...circuit, underWay: circuit.underWay + 1 };
}

export function probeStarted(circuit: CircuitBreaker, now: number): CircuitBreaker {
	return { ...circuit, openUntil: now + probeMs, probing: true };
}

/** The state in the store; for a second at least, so that different clocks do not cause endless calls to the store. */
export function updatedFromStore(
	circuit: CircuitBreaker,
	now: number,
	{ until, probing }: { until: number; probing: boolean },
): CircuitBreaker {
	return { ...circuit, openUntil: Math.max(until, now + 1_000), probing };
}

export function callEnded(circuit: CircuitBreaker, now: number, end: CallEnd): CircuitBreaker {
	const underWay = circuit.underWay - 1;
	if (end.kind === "confirmed") return { ...closedCircuit, underWay, proven: true };
	const failures = circuit.failures + 1;
	const pause = end.kind === "busy" ? Math.min(end.askedMs, askedMaxMs) : pauseMs;
	return {
		failures: end.kind === "failed" ? failures : Math.max(failures, failuresMax),
		underWay,
		proven: false,
		openUntil: now + pause,
		probing: false,
	};
}
