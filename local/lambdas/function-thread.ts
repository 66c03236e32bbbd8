import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { batchedPerTurn, type Call, type CallAnswer, calls, type Loaded, threadData } from "./calls.ts";

/**
 * The thread of one function. It loads the handler once, as a cold start does, then answers many calls at a time, where a
 * Lambda sandbox takes one: a handler must not keep the state of one call in its module.
 */
type Handler = (event: unknown, context: object) => unknown;

const { file, functionName, timeoutMs } = threadData.parse(workerData);
const { handler } = (await import(pathToFileURL(file).href)) as { readonly handler?: Handler };
if (typeof handler !== "function") throw new Error(`${file} exports no handler`);

const answer = batchedPerTurn<CallAnswer>((answers) => parentPort?.postMessage(answers));

async function run(handle: Handler, { id, requestId, payload }: Call): Promise<void> {
	const endsAt = performance.now() + timeoutMs;
	const context = {
		functionName,
		awsRequestId: requestId,
		getRemainingTimeInMillis: () => Math.max(0, endsAt - performance.now()),
	};
	try {
		const result = await handle(JSON.parse(payload), context);
		answer({ id, payload: JSON.stringify(result) ?? "null" });
	} catch (thrown) {
		const error = thrown instanceof Error ? thrown : new Error(String(thrown));
		console.error(JSON.stringify({ event: "invocation.failed", functionName, requestId, error: error.stack }));
		answer({ id, errorType: error.name, errorMessage: error.message });
	}
}

parentPort?.on("message", (message) => {
	for (const call of calls.parse(message)) void run(handler, call);
});
parentPort?.postMessage({ loaded: true } satisfies Loaded);
