import type { Log } from "../log.ts";

/**
 * Logs the 1st, 2nd, 4th, 8th … event of a kind in each minute, for events that others can cause as often as they like.
 * From the second on, `times` says how many there were.
 */
export type SampledLog = (
	level: keyof Log,
	event: string,
	fields: Readonly<Record<string, unknown>>,
	/** What is counted apart, besides the event: such as an account. */
	kind: string,
) => void;

const windowMs = 60_000;
/** In each minute. Further kinds are counted together. */
const kindsMax = 100;

/** @param now a monotonic clock. */
export function sampledLog(log: Log, now: () => number): SampledLog {
	const counts = new Map<string, number>();
	let windowEndsAt = Number.NEGATIVE_INFINITY;

	function countOf(event: string, kind: string): number {
		if (now() >= windowEndsAt) {
			counts.clear();
			windowEndsAt = now() + windowMs;
		}
		const full = `${event} ${kind}`;
		const counted = counts.has(full) || counts.size < kindsMax ? full : event;
		const times = (counts.get(counted) ?? 0) + 1;
		counts.set(counted, times);
		return times;
	}

	return (level, event, fields, kind) => {
		const times = countOf(event, kind);
		const isDue = (times & (times - 1)) === 0;
		if (isDue) log[level](event, times === 1 ? fields : { ...fields, times });
	};
}
