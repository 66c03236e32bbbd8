import { defaultTimeBounds } from "#shared/domain/accept/new-message.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import type { TimeBounds } from "#shared/domain/time/time-bounds.ts";

/** Senders whose messages wait at night although the client has not asked for it: one-time passwords then come too late. */
export type WindowWarning = {
	/** Null: all of the account. */
	readonly senders: readonly string[] | null;
	readonly time_bounds: TimeBounds;
};

/** Where a message without `time_bounds` goes in office hours only. */
export function windowWarnings(account: Account): readonly WindowWarning[] {
	const names = account.senders.map(({ name }) => name);
	const senders = names.filter((name) => defaultTimeBounds(account, name) === "def");
	if (senders.length === 0) return [];
	return [{ senders: senders.length === names.length ? null : senders, time_bounds: "def" }];
}
