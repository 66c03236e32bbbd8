import { linkSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, afterEach } from "vitest";
import { openLocalStack as openAnyLocalStack } from "#local/local-stack.ts";
import type { LocalStack, LocalStackOptions } from "#local/local-stack-options.ts";

/**
 * A local stack takes its log with it when it is stopped. Here each log has a second name, which stays where a test of the file failed and is
 * told at its end: what went wrong in the gateway is to be read there only.
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

export async function openLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
	const localStack = await openAnyLocalStack(options);
	const log = `${dirname(localStack.logFile)}.log`;
	linkSync(localStack.logFile, log);
	logs.push(log);
	return localStack;
}
