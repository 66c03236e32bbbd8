/**
 * What one process knows of one account's server, so that a server that fails or hangs holds up nobody else's reports. A value,
 * replaced at each step. Few POSTs are under way to a server that has not shown yet that it answers. One that keeps failing is
 * left alone for a while, then gets one probe at a time, until one is confirmed.
 */
export type CircuitBreaker = {
	/** In a row. */
	readonly failures: number;
	readonly underWay: number;
	/** It confirmed, and has not failed since. */
	readonly proven: boolean;
	/** Where it failed too often: nobody calls it before. */
	readonly openUntil: number;
	/** Until then somebody, perhaps another process, is finding out. */
	readonly probing: boolean;
};

export const closedCircuit: CircuitBreaker = { failures: 0, underWay: 0, proven: false, openUntil: 0, probing: false };

export type CallDecision =
	/** Call it now. */
	| "post"
	/** As many calls are under way as it may have: see how one of them ends. */
	| "queue"
	/** The pause is over: whoever gets the probe may call it. */
	| "ask"
	| "open"
	| "probing";

/** How a call ended. What a server asks for, or that it wants no more calls at all (410), holds for the whole account at once. */
export type CallEnd =
	| { readonly kind: "confirmed" }
	| { readonly kind: "failed" }
	| { readonly kind: "busy"; readonly askedMs: number }
	| { readonly kind: "gone" };

const failuresMax = 3;
const underWayMax = 50;
const pauseMs = 30_000;
/** The most that a Retry-After does to the account's other reports. */
const askedMaxMs = 10 * 60_000;
/** Longer than a call can take: a probe that was never heard of again keeps nobody away. */
const probeMs = 15_000;

export function callDecision(circuit: CircuitBreaker, now: number): CallDecision {
	if (isOpen(circuit)) {
		if (now >= circuit.openUntil) return "ask";
		return circuit.probing ? "probing" : "open";
	}
	const most = circuit.proven ? underWayMax : failuresMax - circuit.failures;
	return circuit.underWay < most ? "post" : "queue";
}

/** It failed so often that only its probes may call. */
export function isOpen({ failures }: CircuitBreaker): boolean {
	return failures >= failuresMax;
}

export function callStarted(circuit: CircuitBreaker): CircuitBreaker {
	return { ...circuit, underWay: circuit.underWay + 1 };
}

/** Keeps the others away until a probe has ended. */
export function probeStarted(circuit: CircuitBreaker, now: number): CircuitBreaker {
	return { ...circuit, openUntil: now + probeMs, probing: true };
}

/** As another process has it; for a second at least, lest two clocks that differ make one ask without end. */
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
