import { stream } from "./draws.ts";

/** One process of the history: an SMPP task, a Lambda container, an SMSC, a client. All of them run in one Node process, in turn. */
export type SimulatedProcess = {
	/** Unique in its history. */
	readonly name: string;
	/** The program that it runs, such as `smpp` or `post-message`: the same for all containers of a function. */
	readonly role: string;
	/** Its address on the simulated network. */
	readonly address: string;
	/** Milliseconds that its time of day is ahead of true time. Its monotonic clock is exact. */
	readonly skewMs: number;
	alive: boolean;
	/** None of its events runs before this time (SIGSTOP). */
	frozenUntil: number;
	/** The source of `Math.random` and of `node:crypto`. */
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
