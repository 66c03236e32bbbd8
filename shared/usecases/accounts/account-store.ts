import type { Account } from "../../domain/accounts/account.ts";

export type AccountStore = { find(userName: string): Promise<Account | null> };

/** Accounts as their operator keeps them. */
export type AccountRepository = AccountStore & {
	/** All of them, by their names. */
	list(): Promise<readonly Account[]>;
	/** False where there is another one of this name: one that is the same to the letter may be this call's own, sent twice. */
	create(account: Account): Promise<boolean>;
	/**
	 * Writes what `change` makes of an account, and gives it; null where there is none. Where somebody else wrote it meanwhile, it is
	 * changed anew. What `change` throws leaves it as it was.
	 */
	change(userName: string, change: (account: Account) => Account): Promise<Account | null>;
};
