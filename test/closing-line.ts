import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { testsLog } from "./tests-log.ts";

/** Ends a run with one line of its result, in a form that scripts can read. */
class ClosingLine implements Reporter {
	onInit(): void {
		mkdirSync(dirname(testsLog), { recursive: true });
		rmSync(testsLog, { force: true });
	}

	onTestRunEnd(modules: readonly TestModule[]): void {
		const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
		for (const module of modules) {
			for (const test of module.children.allTests()) counts[test.result().state] += 1;
			/* A file that cannot be loaded has no tests, so it counts as one failure. */
			if (module.state() === "failed" && module.errors().length > 0) counts.failed += 1;
		}
		if (counts.failed > 0) console.log(`\nThe log of the code under test: ${testsLog}`);
		const skipped = counts.skipped + counts.pending;
		console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
	}
}

export default ClosingLine;
