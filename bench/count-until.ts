/** When nothing more came for so long, nothing will. */
const patienceMs = 120_000;

/** Counts, up to so many: `reached` resolves then, at once where none are wanted; it rejects when no more seem to come. */
export function countUntil(wanted: number) {
	const { promise: reached, resolve, reject } = Promise.withResolvers<void>();
	let counted = 0;
	let before = 0;
	const watch = setInterval(() => {
		if (counted === before) reject(new Error(`only ${counted} of ${wanted} came`));
		before = counted;
	}, patienceMs);
	const end = () => {
		clearInterval(watch);
		resolve();
	};
	if (wanted === 0) end();
	const count = () => {
		counted += 1;
		if (counted === wanted) end();
	};
	return { reached, count };
}
