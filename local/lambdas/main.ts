import { availableParallelism } from "node:os";
import { nextOrder, report } from "../processes/orders.ts";
import type { Plan } from "../template/plan.ts";
import { awsJson } from "../wire/aws-json.ts";
import { openApi } from "./open-api.ts";
import { openFeed } from "./open-feed.ts";
import { type OpenFunction, openFunction } from "./open-function.ts";
import { openInvokeDoor } from "./open-invoke-door.ts";

/**
 * The process of everything that AWS runs around functions: API Gateway, event source mappings, and the functions, each in a
 * thread. It hears three orders, in this order: where to listen, what to load, and that the engines are furnished.
 */
export type ListenOrder = { readonly httpPort: number; readonly invokePort: number };
export type ListenReport = { readonly httpPort: number; readonly invokePort: number };
export type LoadOrder = {
	readonly plan: Plan;
	/** Variables that every function has: where the engines are. The key that it asks them with is its own. */
	readonly env: Readonly<Record<string, string>>;
	readonly sqsUrl: string;
	readonly region: string;
};
export type LoadReport = { readonly loaded: true } | { readonly failed: string };
export type ServeOrder = { readonly serve: true };

/** After a restart the port may be held for a moment by somebody's outgoing connection. */
const portWithinMs = 5_000;

const ports = await nextOrder<ListenOrder>();
const api = await openApi({ port: ports.httpPort, portWithinMs });
const door = await openInvokeDoor(ports.invokePort, portWithinMs);
report({ httpPort: api.port, invokePort: door.port } satisfies ListenReport);

const { plan, env, sqsUrl, region } = await nextOrder<LoadOrder>();
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
		report({ loaded: true } satisfies LoadReport);
		return opened;
	} catch (error) {
		report({ failed: error instanceof Error ? error.message : String(error) } satisfies LoadReport);
		process.exit(1);
	}
}

function functionNamed(name: string): OpenFunction {
	const found = functions.get(name);
	if (!found) throw new Error(`the plan has no function ${name}`);
	return found;
}

await nextOrder<ServeOrder>();
const feeds = plan.feeds.map((feed) => {
	const queue = Object.values(plan.queues).find(({ arn }) => arn === feed.queueArn);
	if (!queue) throw new Error(`the plan has no queue ${feed.queueArn}`);
	const target = functionNamed(feed.functionName);
	const sqs = awsJson("sqs", sqsUrl, region, plan.functions[feed.functionName]?.role);
	return openFeed(feed, { sqs, queueUrl: queue.url, invoke: (payload) => target.invoke(payload) });
});
api.serve(plan.routes, (name, payload) => functionNamed(name).invoke(payload));
door.serve((name, payload) => functions.get(name)?.invoke(payload));
report({ serving: true });

process.once("SIGTERM", async () => {
	await Promise.all([api.close(), ...feeds.map((feed) => feed.close())]);
	door.close();
	await Promise.all([...functions.values()].map((one) => one.close()));
	process.exit(0);
});
