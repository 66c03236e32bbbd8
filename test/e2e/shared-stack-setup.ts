import { linkSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { dirname } from "node:path";
import type { TestProject } from "vitest/node";
import type { LocalStack } from "#local/local-stack-options.ts";
import { portOf } from "./smsc.ts";

/** Opens the shared local stack when a file first asks for it, and stops it after the last file. */
let opening: Promise<LocalStack> | undefined;
let countFailed = () => 0;

const server = createServer(async (_, response) => {
	try {
		opening ??= open();
		response.end(JSON.stringify(await opening));
	} catch (error) {
		response.writeHead(500).end(String(error));
	}
});

async function open(): Promise<LocalStack> {
	const [{ openLocalStack }, { localCanary }] = await Promise.all([
		import("#local/local-stack.ts"),
		import("#local/local-stage.ts"),
	]);
	return await openLocalStack({ stage: { canary: localCanary } });
}

export async function setup({ provide, vitest }: TestProject): Promise<void> {
	countFailed = () => vitest.state.getCountOfFailedTests();
	provide("sharedStackUrl", `http://127.0.0.1:${await portOf(server)}/`);
}

export async function teardown(): Promise<void> {
	server.close();
	const localStack = await opening?.catch(() => undefined);
	if (localStack === undefined) return;
	const log = `${dirname(localStack.logFile)}.log`;
	linkSync(localStack.logFile, log);
	await localStack.stop();
	if (countFailed() > 0) console.error(`the log of the shared local stack: ${log}`);
	else rmSync(log);
}
