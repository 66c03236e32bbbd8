import { availableParallelism } from "node:os";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import { awsJson } from "../wire/aws-json.ts";
import { openEventSourceMapping } from "./event-source-mapping.ts";
import { openInvokeListener } from "./invoke-listener.ts";
import { type LambdaPorts, type LoadReport, listenCommand, loadCommand, serveCommand } from "./lambdas-messages.ts";
import { openApi } from "./open-api.ts";
import { type OpenFunction, openFunction } from "./open-function.ts";

/** After a restart an outgoing connection of another process may hold the port for a moment. */
const portWithinMs = 5_000;

/**
 * The process of the functions, each in a thread, with API Gateway and the event source mappings. The supervisor sends three
 * commands: where to listen, the functions to load, and, once the engines have their resources, to serve.
 */
const { ports, host, tls } = await nextCommand(listenCommand);
const api = await openApi({ port: ports.httpPort, portWithinMs, host, tls });
const invokeListener = await openInvokeListener(ports.invokePort, portWithinMs);
reportToParent({ httpPort: api.port, invokePort: invokeListener.port } satisfies LambdaPorts);

const { plan, env, sqsUrl, region } = await nextCommand(loadCommand);
const functions = await loadAll();

/** Loads one function per core at a time: loading all at once is no faster and starves the other processes. */
async function loadAll(): Promise<ReadonlyMap<string, OpenFunction>> {
	try {
		const remaining = Object.values(plan.functions);
		const opened = new Map<string, OpenFunction>();
		const loading = Array.from({ length: availableParallelism() }, async () => {
			for (let one = remaining.shift(); one; one = remaining.shift())
				opened.set(one.name, await openFunction(one, env));
		});
		await Promise.all(loading);
		reportToParent({ loaded: true } satisfies LoadReport);
		return opened;
	} catch (error) {
		reportToParent({ failed: error instanceof Error ? error.message : String(error) } satisfies LoadReport);
		process.exit(1);
	}
}

function functionNamed(name: string): OpenFunction {
	const found = functions.get(name);
	if (!found) throw new Error(`the plan has no function ${name}`);
	return found;
}

await nextCommand(serveCommand);
const eventSourceMappings = plan.eventSourceMappings.map((mapping) => {
	const queue = Object.values(plan.queues).find(({ arn }) => arn === mapping.queueArn);
	if (!queue) throw new Error(`the plan has no queue ${mapping.queueArn}`);
	const target = functionNamed(mapping.functionName);
	const sqs = awsJson("sqs", sqsUrl, region, plan.functions[mapping.functionName]?.role);
	return openEventSourceMapping(mapping, { sqs, queueUrl: queue.url, invoke: (payload) => target.invoke(payload) });
});
api.serve(plan.routes, (name, payload) => functionNamed(name).invoke(payload));
invokeListener.serve((name, payload) => functions.get(name)?.invoke(payload));
reportToParent({ serving: true });

process.once("SIGTERM", async () => {
	await Promise.all([api.close(), ...eventSourceMappings.map((mapping) => mapping.close())]);
	invokeListener.close();
	await Promise.all([...functions.values()].map((one) => one.close()));
	process.exit(0);
});
