/** Leases of binds and sessions. */
export type LeaseStore = {
	/**
	 * Takes or renews a lease until `until`; false if another holder has it beyond `now`.
	 * @param note what the holder publishes of its state; without one, the last note stays.
	 */
	hold(lease: string, holder: string, now: number, until: number, note?: string): Promise<boolean>;
	/** Frees the lease at once. Does nothing if another holder has it. */
	release(lease: string, holder: string): Promise<void>;
	/** The holders of these leases at `now`. A free lease is absent. */
	holders(leases: readonly string[], now: number): Promise<ReadonlyMap<string, string>>;
	/** What the holders of these leases have published. A lease that is free or has no note is absent. */
	notes(leases: readonly string[], now: number): Promise<ReadonlyMap<string, LeaseNote>>;
};

/** @property until when the lease expires unless it is renewed, with a new note. */
export type LeaseNote = { readonly holder: string; readonly until: number; readonly note: string };
