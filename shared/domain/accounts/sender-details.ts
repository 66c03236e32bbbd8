import { timeBoundsNames } from "../time/time-bounds.ts";
import type { Account } from "./account.ts";
import { isSenderName } from "./sender-name.ts";

/** The senders that messages may have, with their allowed windows, and the window of a message that gives none (A46, A17). */
export function senderDetails({ senders, defaultTimeBounds }: Account) {
	return senders
		.filter(({ name }) => isSenderName(name))
		.map((sender) => ({
			sender: sender.name,
			time_bounds: sender.allowedTimeBounds ?? timeBoundsNames,
			default_time_bounds: sender.defaultTimeBounds ?? defaultTimeBounds,
		}));
}
