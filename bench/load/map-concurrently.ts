/** Does the work for each number from 0 on, so many at a time; gives what each came to. */
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
