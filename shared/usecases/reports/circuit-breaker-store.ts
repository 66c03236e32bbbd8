/** What a process that asks for the probe of a failing server is told. */
export type ProbeClaim =
	/** It may call, once. */
	| { readonly kind: "granted" }
	/** The server answers again. */
	| { readonly kind: "closed" }
	/** Nobody else may call until then; whether because somebody is calling. */
	| { readonly kind: "open"; readonly until: number; readonly probing: boolean };

/** What the processes tell each other of servers that keep failing, so that one of them calls such a server at a time. */
export type CircuitBreakerStore = {
	/** Nobody calls this account's server until then, then one at a time, until somebody finds it sound. */
	open(userName: string, until: number): Promise<void>;
	/** @param until how long the probe takes at most. */
	claim(userName: string, now: number, until: number): Promise<ProbeClaim>;
	close(userName: string): Promise<void>;
};
