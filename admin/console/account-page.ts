import type { Account } from "#shared/domain/accounts/account.ts";

/** So that a page reads a bounded number of rows for them. */
export const accountsOnPage = 50;

/** The accounts of a page by name, after this one. `next`: after which the next page begins; null: it is the last. */
export function accountPage<Shown extends Pick<Account, "userName">>(accounts: readonly Shown[], after: string) {
	const rest = accounts
		.filter(({ userName }) => userName > after)
		.toSorted((one, other) => (one.userName < other.userName ? -1 : 1));
	const shown = rest.slice(0, accountsOnPage);
	return { shown, next: rest.length > shown.length ? (shown.at(-1)?.userName ?? null) : null };
}

/** Those with a webhook, so that a page of webhooks is full. */
export const withWebhook = (accounts: readonly Account[]) =>
	accounts.flatMap(({ userName, webhook }) => (webhook ? [{ userName, webhook }] : []));
