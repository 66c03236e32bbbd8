import { showLog } from "./live-log/show-log.ts";
import { openLocalStack } from "./local-stack.ts";
import type { LocalStack } from "./local-stack-options.ts";
import { readSettings, type Settings } from "./settings.ts";

/** `npm start`: runs the whole gateway on this machine until Ctrl-C. */
const startedAt = performance.now();
let localStack: LocalStack | undefined;
let endLog: (() => void) | undefined;
let stopRequested = false;

function end(): void {
	if (stopRequested) {
		localStack?.abandon();
		process.exit(130);
	}
	stopRequested = true;
	if (!localStack) return;
	console.log("\nDraining. Press Ctrl-C again to stop at once.");
	stop(localStack).catch(fail);
}

async function stop(localStack: LocalStack): Promise<never> {
	await localStack.stop();
	endLog?.();
	process.exit(0);
}

function fail(error: unknown): never {
	console.error(error instanceof Error ? error.message : String(error));
	process.exit(1);
}

function showLogOf({ logFile }: LocalStack, { shownLog: shown }: Settings): () => void {
	const showRest = showLog({ logFile, shown, output: process.stdout });
	return () => {
		showRest();
		console.log(`The log is ${logFile}`);
	};
}

const seconds = () => ((performance.now() - startedAt) / 1_000).toFixed(1);

function welcome({ tls, demo }: Settings, localStack: LocalStack): string {
	const { url, smppPort, smppTlsPort, controlSocket, logFile } = localStack;
	if (demo) return demoWelcome(localStack);
	return `
REST       ${url}
SMPP       port ${smppPort}${tls ? `, over TLS port ${smppTlsPort}` : ""}
Control    ${controlSocket}
Log        ${logFile}

Ready in ${seconds()} s.`;
}

function demoWelcome({
	url,
	consoleUrl,
	smppPort,
	sinkUrl,
	operatorsControlUrl,
	operatorPorts,
	logFile,
}: LocalStack): string {
	const simulated = Object.entries(operatorPorts).map(([operator, port]) => `${operator} ${port}`);
	const message = {
		client_message_id: `hello-${Date.now()}`,
		recipient: "77012345678",
		message_text: "Hello",
		sender: "SMSGW",
	};
	return `
Console    ${consoleUrl}
REST       ${url}
API page   ${url}/docs
SMPP       127.0.0.1:${smppPort}, system_id demo, password demo
Webhooks   ${sinkUrl}/received lists the reports to the demo accounts
Operators  ${simulated.join(", ")}; ${operatorsControlUrl}/submits lists the messages that they received
Accounts   demo/demo and demo2/demo2, sender SMSGW
Log        ${logFile}

Send a message:
  curl -i -u demo:demo -H 'Content-Type: application/json' ${url}/messages -d '${JSON.stringify(message)}'

Ready in ${seconds()} s. Press Ctrl-C to stop.
`;
}

process.on("SIGINT", end);
process.on("SIGTERM", end);
try {
	const settings = await readSettings();
	if (settings.warning !== undefined) console.error(settings.warning);
	localStack = await openLocalStack({ ...settings, notice: (line) => console.error(line) });
	if (stopRequested) await stop(localStack);
	console.log(welcome(settings, localStack));
	if (settings.demo) endLog = showLogOf(localStack, settings);
	const why = await localStack.crashReason;
	if (!stopRequested) {
		/* Without its engines the gateway cannot finish anything. */
		localStack.abandon();
		endLog?.();
		fail(`${why}; see ${localStack.logFile}`);
	}
} catch (error) {
	fail(error);
}
