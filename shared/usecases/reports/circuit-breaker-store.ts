export type ProbeClaim =
	| { readonly kind: "granted" }
	| { readonly kind: "closed" }
	/** No call before `until`. `probing`: another process is calling. */
	| { readonly kind: "open"; readonly until: number; readonly probing: boolean };

/** Shares open breakers between processes, so that one process at a time probes a webhook. */
export type CircuitBreakerStore = {
	/** No call before `until`; then one probe at a time, until `close`. */
	open(userName: string, until: number): Promise<void>;
	/** @param until when the probe has ended at the latest. */
	claim(userName: string, now: number, until: number): Promise<ProbeClaim>;
	close(userName: string): Promise<void>;
	/** The state as it is; never `granted`. */
	current(userName: string): Promise<Exclude<ProbeClaim, { readonly kind: "granted" }>>;
};
