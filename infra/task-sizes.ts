type MemoryRange = { readonly fromMb: number; readonly toMb: number; readonly stepMb: number };

/** Fargate's sizes of memory by CPU units, for Linux on ARM. */
const memoryOf: Readonly<Record<number, MemoryRange>> = {
	512: { fromMb: 1_024, toMb: 4_096, stepMb: 1_024 },
	1024: { fromMb: 2_048, toMb: 8_192, stepMb: 1_024 },
	2048: { fromMb: 4_096, toMb: 16_384, stepMb: 1_024 },
	4096: { fromMb: 8_192, toMb: 30_720, stepMb: 1_024 },
	8192: { fromMb: 16_384, toMb: 61_440, stepMb: 4_096 },
	16384: { fromMb: 32_768, toMb: 122_880, stepMb: 8_192 },
};

const smallest = { cpu: 256, memoryMb: [512, 1_024, 2_048] } as const;

export const taskCpus: readonly number[] = [smallest.cpu, ...Object.keys(memoryOf).map(Number)];

/** The problem if Fargate has no task of this CPU and memory. */
export function memoryProblem(cpu: number, memoryMb: number): string | undefined {
	if (cpu === smallest.cpu) {
		const sizes: readonly number[] = smallest.memoryMb;
		return sizes.includes(memoryMb)
			? undefined
			: `must be one of ${sizes.join(", ")} with taskCpu ${cpu}, not ${memoryMb}`;
	}
	const range = memoryOf[cpu];
	if (range === undefined) return undefined;
	const { fromMb, toMb, stepMb } = range;
	const fits = memoryMb >= fromMb && memoryMb <= toMb && (memoryMb - fromMb) % stepMb === 0;
	return fits ? undefined : `must be ${fromMb} to ${toMb} in steps of ${stepMb} with taskCpu ${cpu}, not ${memoryMb}`;
}
