import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { callerOf, localStackKey } from "../permissions/callers.ts";
import { functionNameIn } from "../template/plan-compute.ts";
import { listen } from "../wire/listen.ts";
import type { InvocationOutcome } from "./open-function.ts";

type Invoke = (functionName: string, payload: string) => Promise<InvocationOutcome> | undefined;

export type InvokeListener = {
	readonly port: number;
	/** @param secret of the run: only the local stack itself may invoke. */
	serve(invoke: Invoke, secret?: string): void;
	close(): void;
};

/** Lambda's Invoke operation, for callers in other processes: the Scheduler and tests. */
export async function openInvokeListener(port: number, portWithinMs: number): Promise<InvokeListener> {
	let invoke: Invoke = () => undefined;
	let secret: string | undefined;
	const server = createServer((request, response) => {
		if (callerOf(request.headers.authorization, secret) !== localStackKey) return void response.writeHead(403).end();
		answer(invoke, request, response).catch(() => response.destroy());
	});
	return {
		port: await listen(server, port, portWithinMs),
		serve(given, givenSecret) {
			[invoke, secret] = [given, givenSecret];
		},
		close: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}

async function answer(invoke: Invoke, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const [, encoded = ""] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? "") ?? [];
	const outcome = await invoke(functionNameIn(decodeURIComponent(encoded)), (await text(request)) || "{}");
	if (!outcome) {
		response
			.writeHead(404, { "x-amzn-errortype": "ResourceNotFoundException" })
			.end('{"Message":"Function not found"}');
	} else if (outcome.kind === "returned") {
		response.writeHead(200, { "content-type": "application/json" }).end(outcome.payload);
	} else {
		const { errorType, errorMessage } = outcome;
		response.writeHead(200, { "content-type": "application/json", "x-amz-function-error": "Unhandled" });
		response.end(JSON.stringify({ errorType, errorMessage }));
	}
}
