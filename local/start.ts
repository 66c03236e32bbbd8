import { openLocalStack } from "./local-stack.ts";
import type { LocalStack } from "./local-stack-options.ts";
import { readSettings } from "./settings.ts";

/** `npm start`: the whole gateway on this machine, until Ctrl-C. */
const startedAt = performance.now();
let localStack: LocalStack | undefined;
let asked = false;

function end(): void {
	if (asked) {
		localStack?.abandon();
		process.exit(130);
	}
	asked = true;
	if (!localStack) return;
	console.log("\nDraining; Ctrl-C again stops at once.");
	localStack.stop().then(
		() => process.exit(0),
		(error: unknown) => fail(error),
	);
}

function fail(error: unknown): never {
	console.error(error instanceof Error ? error.message : String(error));
	process.exit(1);
}

function welcome({ url, smppPort, sinkUrl, operatorsControlUrl, operatorPorts, logFile }: LocalStack): string {
	const simulated = Object.entries(operatorPorts).map(([operator, port]) => `${operator} ${port}`);
	const message = {
		client_message_id: `hello-${Date.now()}`,
		recipient: "77012345678",
		message_text: "Hello",
		sender: "SMSGW",
	};
	return `
REST       ${url}
SMPP       127.0.0.1:${smppPort}, system_id demo, password demo
Webhooks   ${sinkUrl}/received shows what the demo accounts were sent
Operators  ${simulated.join(", ")}; ${operatorsControlUrl}/submits shows what they got
Accounts   demo/demo and demo2/demo2, sender SMSGW
Log        ${logFile}

Send one:
  curl -i -u demo:demo -H 'Content-Type: application/json' ${url}/messages -d '${JSON.stringify(message)}'

Ready in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s. Ctrl-C stops it.`;
}

process.on("SIGINT", end);
process.on("SIGTERM", end);
try {
	const settings = await readSettings();
	localStack = await openLocalStack({ ...settings, notice: (line) => console.error(line) });
	if (asked) await localStack.stop().then(() => process.exit(0));
	console.log(welcome(localStack));
	const why = await localStack.crashReason;
	if (!asked) {
		await localStack.stop();
		fail(`${why}; see ${localStack.logFile}`);
	}
} catch (error) {
	fail(error);
}
