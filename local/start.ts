import { openLocalStack } from "./local-stack.ts";
import type { LocalStack } from "./local-stack-options.ts";
import { readSettings } from "./settings.ts";

/** `npm start`: runs the whole gateway on this machine until Ctrl-C. */
const startedAt = performance.now();
let localStack: LocalStack | undefined;
let stopRequested = false;

function end(): void {
	if (stopRequested) {
		localStack?.abandon();
		process.exit(130);
	}
	stopRequested = true;
	if (!localStack) return;
	console.log("\nDraining. Press Ctrl-C again to stop at once.");
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
API page   ${url}/docs
SMPP       127.0.0.1:${smppPort}, system_id demo, password demo
Webhooks   ${sinkUrl}/received lists the reports to the demo accounts
Operators  ${simulated.join(", ")}; ${operatorsControlUrl}/submits lists the messages that they received
Accounts   demo/demo and demo2/demo2, sender SMSGW
Log        ${logFile}

Send a message:
  curl -i -u demo:demo -H 'Content-Type: application/json' ${url}/messages -d '${JSON.stringify(message)}'

Ready in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s. Press Ctrl-C to stop.`;
}

process.on("SIGINT", end);
process.on("SIGTERM", end);
try {
	const settings = await readSettings();
	localStack = await openLocalStack({ ...settings, notice: (line) => console.error(line) });
	if (stopRequested) await localStack.stop().then(() => process.exit(0));
	console.log(welcome(localStack));
	const why = await localStack.crashReason;
	if (!stopRequested) {
		await localStack.stop();
		fail(`${why}; see ${localStack.logFile}`);
	}
} catch (error) {
	fail(error);
}
