import type { Credential } from "../../domain/accounts/account.ts";

export type CredentialStore = { find(userName: string): Promise<readonly Credential[]> };

/** Passwords as the operator keeps them. */
export type CredentialRepository = CredentialStore & {
	/** As an account is changed; one that has none begins with none. */
	change(
		userName: string,
		change: (credentials: readonly Credential[]) => readonly Credential[],
	): Promise<readonly Credential[]>;
};
