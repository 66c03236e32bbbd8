/** Runs of the same size, after a warm-up run of a quarter of it. */
export async function severalRuns<One>(
	runs: number,
	messages: number,
	run: (messages: number) => Promise<One>,
): Promise<readonly One[]> {
	await run(Math.ceil(messages / 4));
	const all: One[] = [];
	while (all.length < runs) all.push(await run(messages));
	return all;
}
