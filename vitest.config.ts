import { defineConfig } from "vitest/config";
import { compileCacheEnv } from "#local/processes/compile-cache.ts";

const project = (name: string, testTimeout: number, maxWorkers: number | string = "100%", groupOrder = 0) => ({
	test: {
		name,
		include: [`test/${name}/**/*.test.ts`],
		testTimeout,
		hookTimeout: testTimeout,
		maxWorkers,
		sequence: { groupOrder },
	},
});

export default defineConfig({
	test: {
		env: { ...compileCacheEnv },
		reporters: ["default", "./test/closing-line.ts"],
		projects: [
			project("unit", 10_000),
			project("property", 60_000),
			project("infra", 60_000),
			project("contract", 60_000),
			project("integration", 60_000),
			/* Whole local stacks, of six processes each, which wait more than they work; and histories of the whole gateway, which give way to them. */
			project("simulation", 600_000, 3, 1),
			project("e2e", 240_000, 3, 1),
		],
	},
});
