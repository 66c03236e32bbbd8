import type { Roles, Service } from "../permissions/judge.ts";
import { openGuard } from "../permissions/open-guard.ts";
import { nextOrder, report } from "../processes/orders.ts";
import { openScheduler } from "../scheduler/open-scheduler.ts";
import { invokeTargets } from "../scheduler/targets.ts";
import { account } from "../template/local-world.ts";
import { awsJson } from "../wire/aws-json.ts";
import type { Engines } from "./furnish.ts";
import { openQueues } from "./open-queues.ts";

/**
 * The process of the engines that are JavaScript, SQS and the Scheduler, and of the guards in front of all three. What they hold dies
 * with it.
 */
export type EnginesStart = {
	readonly region: string;
	readonly dynamodbUrl: string;
	readonly permissions: "checked" | "open";
};
/** Where each engine is to be reached. */
export type EnginesReady = Engines;
export type EnginesOrder = { readonly lambdaUrl: string } | { readonly roles: Roles };

const { region, dynamodbUrl, permissions } = await nextOrder<EnginesStart>();
let lambdaUrl: string | undefined;
let roles: Roles = {};
const log = (event: string, fields: object) =>
	console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));

const { url: sqsUrl } = await openQueues(region);
const invoke = invokeTargets({ lambdaUrl: () => lambdaUrl, sqs: awsJson("sqs", sqsUrl, region), sqsUrl, log });
const { url: schedulerUrl } = await openScheduler(0, invoke, `arn:aws:scheduler:${region}:${account}`);

async function doorTo(service: Service, engine: string): Promise<string> {
	if (permissions === "open") return engine;
	const refused = (caller: string, { action, resource }: { readonly action: string; readonly resource: string }) =>
		log("call.refused", { caller, action, resource });
	return (await openGuard({ service, engine, region, roles: () => roles, refused })).url;
}

report({
	dynamodb: await doorTo("dynamodb", dynamodbUrl),
	sqs: await doorTo("sqs", sqsUrl),
	scheduler: await doorTo("scheduler", schedulerUrl),
} satisfies EnginesReady);
for (;;) {
	const order = await nextOrder<EnginesOrder>();
	if ("lambdaUrl" in order) lambdaUrl = order.lambdaUrl;
	else {
		roles = order.roles;
		report({ guarding: true });
	}
}
