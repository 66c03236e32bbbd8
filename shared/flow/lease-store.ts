/** Leases of binds and sessions. */
export type LeaseStore = {
	/** Takes or renews a lease until `until`; false if another holder has it beyond `now`. */
	hold(lease: string, holder: string, now: number, until: number): Promise<boolean>;
	/** Frees the lease at once. Does nothing if another holder has it. */
	release(lease: string, holder: string): Promise<void>;
	/** The holders of these leases at `now`. A free lease is absent. */
	holders(leases: readonly string[], now: number): Promise<ReadonlyMap<string, string>>;
};
