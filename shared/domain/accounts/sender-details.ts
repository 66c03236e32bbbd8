import { timeBoundsNames } from "../time/time-bounds.ts";
import type { Account } from "./account.ts";

/** An account's senders with the windows that each may use, and the one that a message gets which names none (A46, A17). */
export function senderDetails({ senders, defaultTimeBounds }: Account) {
	return senders.map((sender) => ({
		sender: sender.name,
		time_bounds: sender.allowedTimeBounds ?? timeBoundsNames,
		default_time_bounds: sender.defaultTimeBounds ?? defaultTimeBounds,
	}));
}
