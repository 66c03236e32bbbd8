export type LongPolls = {
	/** Answers as soon as an entry is visible, or without entries after `seconds`. A poll whose client has gone gets none. */
	wait(queue: string, input: object, seconds: number, onGone: (listener: () => void) => void): Promise<object>;
	/** Entries of this queue may have become visible, or will at another time. */
	changed(queue: string): void;
	close(): void;
};

type Poll = { readonly input: object; readonly end: (answer: object) => void };

/**
 * @param receive gives the visible entries of a queue as `Messages`, or no such field.
 * @param nextVisibleAt the next instant at which an entry becomes visible.
 */
export function longPolls(
	receive: (queue: string, input: object) => object,
	nextVisibleAt: (queue: string) => number | undefined,
): LongPolls {
	const polls = new Map<string, Set<Poll>>();
	const timers = new Map<string, NodeJS.Timeout>();

	function changed(queue: string): void {
		for (const poll of polls.get(queue) ?? []) {
			const answer = receive(queue, poll.input);
			if (!("Messages" in answer)) break;
			poll.end(answer);
		}
		arm(queue);
	}

	function arm(queue: string): void {
		clearTimeout(timers.get(queue));
		timers.delete(queue);
		const at = (polls.get(queue)?.size ?? 0) === 0 ? undefined : nextVisibleAt(queue);
		if (at === undefined) return;
		timers.set(
			queue,
			setTimeout(() => changed(queue), Math.max(0, at - Date.now())),
		);
	}

	return {
		changed,
		async wait(queue, input, seconds, onGone) {
			const { promise, resolve } = Promise.withResolvers<object>();
			const own = polls.get(queue) ?? new Set();
			polls.set(queue, own);
			const end = (answer: object) => {
				clearTimeout(over);
				own.delete(poll);
				resolve(answer);
			};
			const poll = { input, end };
			const over = setTimeout(() => end({}), seconds * 1_000);
			onGone(() => end({}));
			own.add(poll);
			arm(queue);
			return await promise;
		},
		close() {
			for (const timer of timers.values()) clearTimeout(timer);
			for (const own of polls.values()) for (const poll of [...own]) poll.end({});
			for (const timer of timers.values()) clearTimeout(timer);
		},
	};
}
