import { defineConfig } from "vitest/config";

/** What Stryker runs against each mutant: unit tests, but for those that read the sources, which it has rewritten. */
export default defineConfig({
	test: {
		include: ["test/unit/**/*.test.ts"],
		exclude: ["test/unit/mutants.test.ts", "test/unit/imports.test.ts", "test/unit/exported-names.test.ts"],
		setupFiles: ["test/log-to-file.ts"],
		provide: { isNightly: false },
		testTimeout: 60_000,
	},
});
