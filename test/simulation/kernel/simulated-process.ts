import { stream } from "./draws.ts";

/** One process of the history: an SMPP task, a Lambda container, an SMSC, a client. All of them run in one Node process, in turn. */
export type SimulatedProcess = {
	/** Unique in its history. */
	readonly name: string;
	/** What it runs, such as `smpp` or `post-message`: the same for all containers of a function. */
	readonly role: string;
	/** Its address on the simulated network. */
	readonly address: string;
	/** How far its time of day is ahead of the true time. Its monotonic clock is true. */
	readonly skewMs: number;
	alive: boolean;
	/** Until then none of its events happens (SIGSTOP). */
	frozenUntil: number;
	/** What `Math.random` and the functions of `node:crypto` draw from. */
	readonly random: () => number;
	/** Called once when it dies. */
	readonly onDeath: Set<() => void>;
};

export type ProcessOptions = Pick<SimulatedProcess, "name" | "role"> &
	Partial<Pick<SimulatedProcess, "address" | "skewMs">>;

export function simulatedProcess(
	seed: number,
	{ name, role, address = name, skewMs = 0 }: ProcessOptions,
): SimulatedProcess {
	return {
		name,
		role,
		address,
		skewMs,
		alive: true,
		frozenUntil: 0,
		random: stream(seed, `${name} Math.random`),
		onDeath: new Set(),
	};
}
