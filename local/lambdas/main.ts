import { availableParallelism } from "node:os";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import type { StackPlan } from "../template/stack-plan.ts";
import { awsJson } from "../wire/aws-json.ts";
import { openEventSourceMapping } from "./event-source-mapping.ts";
import { openInvokeListener } from "./invoke-listener.ts";
import { openApi } from "./open-api.ts";
import { type OpenFunction, openFunction } from "./open-function.ts";

/**
 * The process of everything that AWS runs around functions: API Gateway, event source mappings, and the functions, each in a
 * thread. It hears three orders, in this order: where to listen, what to load, and that the engines are created.
 */
export type ListenCommand = { readonly httpPort: number; readonly invokePort: number };
export type ListenReport = { readonly httpPort: number; readonly invokePort: number };
export type LoadCommand = {
	readonly plan: StackPlan;
	/** Variables that every function has: where the engines are. The key that it asks them with is its own. */
	readonly env: Readonly<Record<string, string>>;
	readonly sqsUrl: string;
	readonly region: string;
};
export type LoadReport = { readonly loaded: true } | { readonly failed: string };
export type ServeCommand = { readonly serve: true };

/** After a restart the port may be held for a moment by somebody's outgoing connection. */
const portWithinMs = 5_000;

const ports = await nextCommand<ListenCommand>();
const api = await openApi({ port: ports.httpPort, portWithinMs });
const invokeListener = await openInvokeListener(ports.invokePort, portWithinMs);
reportToParent({ httpPort: api.port, invokePort: invokeListener.port } satisfies ListenReport);

const { plan, env, sqsUrl, region } = await nextCommand<LoadCommand>();
const functions = await loadAll();

/** One for each core at a time: all at once they would be no sooner there, and keep every other process from its turn. */
async function loadAll(): Promise<ReadonlyMap<string, OpenFunction>> {
	try {
		const left = Object.values(plan.functions);
		const opened = new Map<string, OpenFunction>();
		const loading = Array.from({ length: availableParallelism() }, async () => {
			for (let one = left.shift(); one; one = left.shift()) opened.set(one.name, await openFunction(one, env));
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

await nextCommand<ServeCommand>();
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
