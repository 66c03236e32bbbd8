/** Work that is under way, so that a stop can wait for it. */
export type OngoingWork = {
	readonly size: number;
	/** Resolves when the work has ended and no longer counts. */
	add(work: Promise<unknown>): Promise<void>;
	/** Resolves when none is left, work that is added meanwhile included. */
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
