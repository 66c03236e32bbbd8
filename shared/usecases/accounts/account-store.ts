import type { Account } from "../../domain/accounts/account.ts";

/** Reads accounts by name; null: none. */
export type AccountStore = { find(userName: string): Promise<Account | null> };

/** Accounts, for the command line. */
export type AccountRepository = AccountStore & {
	list(): Promise<readonly Account[]>;
	/** False if another account has this name. An equal account is taken for this call's own, sent twice. */
	create(account: Account): Promise<boolean>;
	/**
	 * Writes the result of `change` and returns it; null if there is no account. After a concurrent write, `change` is
	 * called again. If `change` throws, the account stays as it was (ADR 0038).
	 */
	change(userName: string, change: (account: Account) => Account): Promise<Account | null>;
};
