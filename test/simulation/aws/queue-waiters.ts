import { cancel, type Kernel } from "../kernel/kernel.ts";

/**
 * Wakes the receivers that wait for a queue's entries (long polls and event source mappings) when entries may be
 * visible.
 */
export type QueueWaiters = {
	/** @param check is called whenever entries may be visible. */
	add(url: string, check: () => void): void;
	remove(url: string, check: () => void): void;
	/** Entries of this queue were received. They become visible again when their visibility time-out ends. */
	received(url: string): void;
	/** A change in this queue may make entries visible, now or later. */
	changed(url: string): void;
};

/** @param nextVisibleAt the next instant at which an entry of a queue becomes visible. */
export function queueWaiters(
	kernel: Kernel,
	nextVisibleAt: (url: string, now: number) => number | undefined,
): QueueWaiters {
	const waiters = new Map<string, Set<() => void>>();
	const alarms = new Map<string, ReturnType<Kernel["at"]>>();

	function ring(url: string): void {
		for (const check of [...(waiters.get(url) ?? [])]) check();
		arm(url);
	}

	function arm(url: string): void {
		if ((waiters.get(url)?.size ?? 0) === 0) return;
		const at = nextVisibleAt(url, Math.floor(kernel.now));
		if (at !== undefined) alarmAt(url, at);
	}

	function alarmAt(url: string, at: number): void {
		const set = alarms.get(url);
		if (set?.run !== undefined) {
			if (set.time <= at) return;
			cancel(set);
		}
		alarms.set(
			url,
			kernel.at(at, undefined, () => ring(url)),
		);
	}

	return {
		add(url, check) {
			const own = waiters.get(url) ?? new Set();
			own.add(check);
			waiters.set(url, own);
			arm(url);
		},
		remove: (url, check) => void waiters.get(url)?.delete(check),
		received: arm,
		changed(url) {
			if ((waiters.get(url)?.size ?? 0) > 0) alarmAt(url, kernel.now);
		},
	};
}
