/** Runs `work` for each number from 0, at most `atOnce` at a time. Returns all results in order. */
export async function mapConcurrently<Value>(count: number, atOnce: number, work: (index: number) => Promise<Value>) {
	const values: Value[] = [];
	let next = 0;
	async function worker(): Promise<void> {
		while (next < count) {
			const index = next;
			next += 1;
			values[index] = await work(index);
		}
	}
	await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
	return values;
}
