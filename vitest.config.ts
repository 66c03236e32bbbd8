import { defineConfig } from "vitest/config";
import { compileCacheEnv } from "#local/processes/compile-cache.ts";
import { LongestFirst } from "#test/longest-first.ts";

type Options = {
	readonly testTimeout: number;
	/** False: the files of a worker share its modules. Tests of pure code only, which leave nothing behind. */
	readonly isolate?: boolean;
	readonly maxWorkers?: number | string;
	readonly groupOrder?: number;
	readonly globalSetup?: readonly string[];
};

const project = (
	name: string,
	{ testTimeout, isolate = true, maxWorkers = "100%", groupOrder = 0, globalSetup = [] }: Options,
) => ({
	test: {
		name,
		include: [`test/${name}/**/*.test.ts`],
		globalSetup: [...globalSetup],
		setupFiles: ["test/log-to-file.ts"],
		fsModuleCache: true,
		testTimeout,
		hookTimeout: testTimeout,
		isolate,
		maxWorkers,
		sequence: { groupOrder },
	},
});

/** With `--mode nightly`: every test, at its full size. Without, what a merge waits for. */
export default defineConfig(({ mode }) => ({
	test: {
		provide: { isNightly: mode === "nightly" },
		exclude: mode === "nightly" ? [] : ["**/*.nightly.test.ts"],
		env: { ...compileCacheEnv },
		sequence: { sequencer: LongestFirst },
		reporters: ["default", "./test/closing-line.ts"],
		/* One line for each file; what a test prints is shown if it fails. */
		silent: "passed-only",
		slowTestThreshold: Number.POSITIVE_INFINITY,
		projects: [
			project("unit", { testTimeout: 10_000, isolate: false }),
			project("property", { testTimeout: 60_000, isolate: false }),
			project("infra", { testTimeout: 60_000, isolate: false }),
			project("contract", { testTimeout: 60_000 }),
			project("integration", { testTimeout: 60_000 }),
			/* Local stacks of six processes each, which wait more than they work, and histories of the whole gateway, which give way to them. */
			project("simulation", { testTimeout: 600_000, maxWorkers: 5, groupOrder: 1 }),
			project("e2e", {
				testTimeout: 240_000,
				maxWorkers: 5,
				groupOrder: 1,
				globalSetup: ["test/e2e/shared-stack-setup.ts"],
			}),
		],
	},
}));
