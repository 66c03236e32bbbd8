/** So many runs of the same size, after one of a quarter of it that warms up and is not told of. */
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
