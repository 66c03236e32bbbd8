/** Without progress for this long, the rest is lost. */
const patienceMs = 120_000;

/** `reached` resolves when `count` was called that often, at once for 0. It rejects if no more calls come. */
export function countUntil(wanted: number) {
	const { promise: reached, resolve, reject } = Promise.withResolvers<void>();
	let counted = 0;
	let before = 0;
	const watch = setInterval(() => {
		if (counted === before) reject(new Error(`only ${counted} of ${wanted} arrived`));
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
