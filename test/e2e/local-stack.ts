import { existsSync, linkSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, afterEach } from "vitest";
import { openLocalStack as openAnyLocalStack } from "#local/local-stack.ts";
import type { LocalStack, LocalStackOptions } from "#local/local-stack-options.ts";

/**
 * Opens a local stack for a test. Stopping the stack deletes its log; a second link to the log stays if a test of the
 * file failed, and its path is printed at the end.
 */

const logs: string[] = [];
let failed = false;

afterEach(({ task }) => {
	failed ||= task.result?.state === "fail";
});

afterAll(() => {
	for (const log of logs) {
		if (failed) console.error(`the log of the local stack: ${log}`);
		else rmSync(log);
	}
});

/** Work of a killed process becomes visible sooner than on AWS. Nothing else differs. */
export const quickTakeover = {
	laneVisibilitySeconds: 3,
	receiptsVisibilitySeconds: 3,
	reportsVisibilitySeconds: 6,
	dueShardsVisibilitySeconds: 3,
} as const;

export async function openTestStack(options: LocalStackOptions = {}): Promise<LocalStack> {
	const localStack = await openAnyLocalStack(options);
	if (!existsSync(localStack.logFile)) return localStack;
	const log = `${dirname(localStack.logFile)}.log`;
	linkSync(localStack.logFile, log);
	logs.push(log);
	return localStack;
}
