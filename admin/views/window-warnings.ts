import type { Account } from "#shared/domain/accounts/account.ts";
import type { TimeBounds } from "#shared/domain/time/time-bounds.ts";

/** A sender whose messages wait at night although the account says nothing of it: one-time passwords then come too late. */
export type WindowWarning = {
	/** Null: the account's own default, for all senders without one. */
	readonly sender: string | null;
	readonly time_bounds: TimeBounds;
};

/** Where a message without `time_bounds` goes in office hours only. */
export function windowWarnings({ senders, defaultTimeBounds }: Account): readonly WindowWarning[] {
	const isOwn = defaultTimeBounds === "def" && senders.some((sender) => sender.defaultTimeBounds === null);
	return [
		...(isOwn ? [{ sender: null, time_bounds: defaultTimeBounds }] : []),
		...senders.flatMap(({ name, defaultTimeBounds: own }) =>
			own === "def" ? [{ sender: name, time_bounds: own }] : [],
		),
	];
}
