import type { Credential } from "../../domain/accounts/account.ts";

export type CredentialStore = { find(userName: string): Promise<readonly Credential[]> };

/** Passwords, for the command line. */
export type CredentialRepository = CredentialStore & {
	/** Like `AccountRepository.change`. An account without passwords begins with an empty list. */
	change(
		userName: string,
		change: (credentials: readonly Credential[]) => readonly Credential[],
	): Promise<readonly Credential[]>;
};
