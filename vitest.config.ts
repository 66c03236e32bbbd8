import { defineConfig } from "vitest/config";

const project = (name: string, testTimeout: number, parallel = true) => ({
	test: {
		name,
		include: [`test/${name}/**/*.test.ts`],
		testTimeout,
		hookTimeout: testTimeout,
		fileParallelism: parallel,
	},
});

export default defineConfig({
	test: {
		reporters: ["default", "./test/closing-line.ts"],
		projects: [
			project("unit", 10_000),
			project("property", 60_000),
			project("infra", 60_000),
			project("contract", 60_000),
			project("integration", 60_000),
			/* Whole houses, of six processes each: one after the other. */
			project("e2e", 240_000, false),
		],
	},
});
