/**
 * A client's server that keeps failing is left alone for a while, so that waiting for it holds up nobody else's reports: then one
 * probe at a time, until one succeeds. Per process; a value, replaced at each step.
 */
export type Circuit = { readonly failures: number; readonly shutUntil: number };

export const soundCircuit: Circuit = { failures: 0, shutUntil: 0 };

const failuresMax = 3;
const pauseMs = 30_000;

/** Whether a call may be made now, and the circuit after it was: a probe keeps the others away while it is under way. */
export function admitted(circuit: Circuit, now: number): readonly [boolean, Circuit] {
	if (circuit.failures < failuresMax) return [true, circuit];
	if (now < circuit.shutUntil) return [false, circuit];
	return [true, { ...circuit, shutUntil: now + pauseMs }];
}

export function afterFailure(circuit: Circuit, now: number): Circuit {
	return { failures: circuit.failures + 1, shutUntil: now + pauseMs };
}
