/** Promises under way, so that a stop can wait for them. */
export type OngoingWork = {
	readonly size: number;
	/** Resolves when the work has ended and no longer counts. */
	add(work: Promise<unknown>): Promise<void>;
	settled(): Promise<void>;
};

export function ongoingWork(): OngoingWork {
	const all = new Set<Promise<unknown>>();
	return {
		get size() {
			return all.size;
		},
		async add(work) {
			all.add(work);
			await work.finally(() => all.delete(work));
		},
		async settled() {
			while (all.size > 0) await Promise.all(all);
		},
	};
}
