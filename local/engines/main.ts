import { openAuthorizingProxy } from "../permissions/authorizing-proxy.ts";
import type { AwsService, Roles } from "../permissions/denied-permission.ts";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import { openScheduler } from "../scheduler/open-scheduler.ts";
import { invokeTargets } from "../scheduler/targets.ts";
import { account } from "../template/local-references.ts";
import { awsJson } from "../wire/aws-json.ts";
import type { EngineUrls } from "./create-resources.ts";
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
export type EnginesReady = EngineUrls;
export type EnginesCommand = { readonly lambdaUrl: string } | { readonly roles: Roles };

const { region, dynamodbUrl, permissions } = await nextCommand<EnginesStart>();
let lambdaUrl: string | undefined;
let roles: Roles = {};
const log = (event: string, fields: object) =>
	console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));

const { url: sqsUrl } = await openQueues(region);
const invoke = invokeTargets({ lambdaUrl: () => lambdaUrl, sqs: awsJson("sqs", sqsUrl, region), sqsUrl, log });
const { url: schedulerUrl } = await openScheduler(0, invoke, `arn:aws:scheduler:${region}:${account}`);

async function proxyTo(service: AwsService, engine: string): Promise<string> {
	if (permissions === "open") return engine;
	const refused = (caller: string, { action, resource }: { readonly action: string; readonly resource: string }) =>
		log("call.denied", { caller, action, resource });
	return (await openAuthorizingProxy({ service, engine, region, roles: () => roles, refused })).url;
}

reportToParent({
	dynamodb: await proxyTo("dynamodb", dynamodbUrl),
	sqs: await proxyTo("sqs", sqsUrl),
	scheduler: await proxyTo("scheduler", schedulerUrl),
} satisfies EnginesReady);
for (;;) {
	const command = await nextCommand<EnginesCommand>();
	if ("lambdaUrl" in command) lambdaUrl = command.lambdaUrl;
	else {
		roles = command.roles;
		reportToParent({ guarding: true });
	}
}
