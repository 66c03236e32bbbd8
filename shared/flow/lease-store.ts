/** Which process has what there is only so much of: a bind lease of an operator's, a session of an account's. */
export type LeaseStore = {
	/** Takes a lease, or keeps it, until then; false where another holder has it past `now`. */
	hold(lease: string, holder: string, now: number, until: number): Promise<boolean>;
	/** Lets others have it at once; nothing where it is not this holder's any more. */
	release(lease: string, holder: string): Promise<void>;
	/** Who has each of these, past `now`; those that nobody has are left out. */
	holders(leases: readonly string[], now: number): Promise<ReadonlyMap<string, string>>;
};
