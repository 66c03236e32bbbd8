import { dayWindow } from "#shared/domain/limits/quota.ts";
import type { Failures } from "./failures.ts";
import type { MessageMirror } from "./message-mirror.ts";
import type { Promises } from "./promises.ts";

type Deps = { readonly mirror: MessageMirror; readonly promises: Promises; readonly failures: Failures };

/**
 * An account's promised messages of a day do not exceed its quota. A message accepted around midnight may count for
 * either day. A message answered with an error does not count, though its row may stay.
 */
export function checkDailyQuota({ mirror, promises, failures }: Deps, userName: string, messagesPerDay: number): void {
	const own = [...mirror.rows()].filter((row) => row.userName === userName && promises.has(row.messageId));
	for (const [day, rows] of Map.groupBy(own, ({ acceptedAt }) => dayWindow(acceptedAt).name)) {
		const sure = rows.filter(
			({ acceptedAt }) => dayWindow(acceptedAt - midnightMs).name === dayWindow(acceptedAt + midnightMs).name,
		);
		if (sure.length > messagesPerDay)
			failures.add("quota", `${userName} has ${sure.length} messages of ${day}, and may send ${messagesPerDay}`);
	}
}

/** Allows for clock differences, and for the time between counting and storing a message. */
const midnightMs = 35_000;
