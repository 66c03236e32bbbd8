export type GroupCommit<Source> = {
	/** Marks a source of changes. It is part of the next group. */
	add(source: Source): void;
	/** Resolves when all that was added so far is written; undefined if nothing waits. */
	written(): Promise<void> | undefined;
};

/**
 * Writes in groups, one after the other. All changes of one turn of the event loop are a group, with those that come while the
 * group before it is written.
 */
export function groupCommit<Source>(
	write: (sources: readonly Source[]) => Promise<void>,
	onBroken: (error: unknown) => void,
): GroupCommit<Source> {
	const added = new Set<Source>();
	let next = Promise.withResolvers<void>();
	let current: Promise<void> | undefined;
	let isPlanned = false;

	async function writeNext(): Promise<void> {
		await current;
		isPlanned = false;
		const { promise, resolve } = next;
		next = Promise.withResolvers();
		current = promise;
		const sources = [...added];
		added.clear();
		await write(sources);
		if (current === promise) current = undefined;
		resolve();
	}

	return {
		add(source) {
			added.add(source);
			if (isPlanned) return;
			isPlanned = true;
			setImmediate(() => void writeNext().catch(onBroken));
		},
		written: () => (added.size > 0 ? next.promise : current),
	};
}
