import { isDeepStrictEqual } from "node:util";
import {
	type Account,
	type Credential,
	noWebhookSecrets,
	type WebhookSecrets,
} from "#shared/domain/accounts/account.ts";
import type { AccountRepository } from "#shared/usecases/accounts/account-store.ts";
import type { CredentialRepository } from "#shared/usecases/accounts/credential-store.ts";
import type { WebhookSecretRepository } from "#shared/usecases/accounts/webhook-secret-store.ts";

/** Accounts in memory that can be changed. A test may read `rows`. */
export function memoryAccountBook(
	accounts: readonly Account[] = [],
): AccountRepository & { readonly rows: Map<string, Account> } {
	const rows = new Map(accounts.map((account) => [account.userName, account]));
	return {
		rows,
		find: async (userName) => rows.get(userName) ?? null,
		list: async () => [...rows.values()].sort((one, other) => (one.userName < other.userName ? -1 : 1)),
		async create(account) {
			const before = rows.get(account.userName);
			if (before !== undefined) return isDeepStrictEqual(before, account);
			rows.set(account.userName, account);
			return true;
		},
		async change(userName, change) {
			const before = rows.get(userName);
			if (before === undefined) return null;
			const after = change(before);
			rows.set(userName, after);
			return after;
		},
	};
}

export function memoryCredentialBook(): CredentialRepository {
	const rows = new Map<string, readonly Credential[]>();
	return {
		find: async (userName) => rows.get(userName) ?? [],
		async change(userName, change) {
			const after = change(rows.get(userName) ?? []);
			rows.set(userName, after);
			return after;
		},
	};
}

export function memoryWebhookSecretBook(): WebhookSecretRepository {
	const rows = new Map<string, WebhookSecrets>();
	return {
		find: async (userName) => rows.get(userName) ?? noWebhookSecrets,
		async change(userName, change) {
			const after = change(rows.get(userName) ?? noWebhookSecrets);
			rows.set(userName, after);
			return after;
		},
	};
}
