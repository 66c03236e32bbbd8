import { accessKeyOf } from "../permissions/callers.ts";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import { awsJson } from "../wire/aws-json.ts";
import { openEventSourceMapping } from "./event-source-mapping.ts";
import { openInvokeListener } from "./invoke-listener.ts";
import { type LambdaPorts, listenCommand, serveCommand } from "./lambdas-messages.ts";
import { openApi } from "./open-api.ts";
import { type OpenFunction, openFunction } from "./open-function.ts";

/** After a restart an outgoing connection of another process may hold the port for a moment. */
const portWithinMs = 5_000;

/**
 * The process of the functions, each in a thread, with API Gateway and the event source mappings. The supervisor sends two
 * commands: where to listen, and, once the engines have their resources, what to serve.
 */
const { ports, host, tls } = await nextCommand(listenCommand);
const api = await openApi({ port: ports.httpPort, portWithinMs, host, tls });
const invokeListener = await openInvokeListener(ports.invokePort, portWithinMs);
reportToParent({ httpPort: api.port, invokePort: invokeListener.port } satisfies LambdaPorts);

const { plan, env, sqsUrl, region, secret, idleMs } = await nextCommand(serveCommand);
const functions: ReadonlyMap<string, OpenFunction> = new Map(
	Object.values(plan.functions).map((one) => {
		const role = accessKeyOf(one.role, secret);
		return [one.name, openFunction({ ...one, role }, env, idleMs)];
	}),
);

function functionNamed(name: string): OpenFunction {
	const found = functions.get(name);
	if (!found) throw new Error(`the plan has no function ${name}`);
	return found;
}

const eventSourceMappings = plan.eventSourceMappings.map((mapping) => {
	const queue = Object.values(plan.queues).find(({ arn }) => arn === mapping.queueArn);
	if (!queue) throw new Error(`the plan has no queue ${mapping.queueArn}`);
	const target = functionNamed(mapping.functionName);
	const role = plan.functions[mapping.functionName]?.role ?? "";
	const sqs = awsJson("sqs", sqsUrl, region, accessKeyOf(role, secret));
	return openEventSourceMapping(mapping, { sqs, queueUrl: queue.url, invoke: (payload) => target.invoke(payload) });
});
api.serve(plan.routes, (name, payload) => functionNamed(name).invoke(payload));
invokeListener.serve((name, payload) => functions.get(name)?.invoke(payload), secret);
reportToParent({ serving: true });

process.once("SIGTERM", async () => {
	await Promise.all([api.close(), ...eventSourceMappings.map((mapping) => mapping.close())]);
	invokeListener.close();
	await Promise.all([...functions.values()].map((one) => one.close()));
	process.exit(0);
});
