import { openAuthorizingProxy } from "../permissions/authorizing-proxy.ts";
import type { AwsService, Roles } from "../permissions/denied-permission.ts";
import type { Permission } from "../permissions/policy.ts";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import { openScheduler } from "../scheduler/open-scheduler.ts";
import { invokeTargets } from "../scheduler/targets.ts";
import { account } from "../template/local-references.ts";
import { awsJson } from "../wire/aws-json.ts";
import { type EnginesReady, enginesCommand, enginesStart } from "./engine-messages.ts";
import { openQueues } from "./open-queues.ts";

/**
 * The process of SQS and the Scheduler, and of the authorizing proxies in front of them. Their contents are in memory and end with
 * this process.
 */
const { region, permissions } = await nextCommand(enginesStart);
let lambdaUrl: string | undefined;
let roles: Roles = {};
const log = (event: string, fields: object) =>
	console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));

const { url: sqsUrl } = await openQueues(region);
const invoke = invokeTargets({ lambdaUrl: () => lambdaUrl, sqs: awsJson("sqs", sqsUrl, region), sqsUrl, log });
const { url: schedulerUrl } = await openScheduler(0, invoke, `arn:aws:scheduler:${region}:${account}`);

async function proxyTo(service: AwsService, engine: string): Promise<string> {
	if (permissions === "open") return engine;
	const onDenied = (caller: string, { action, resource }: Permission) =>
		log("call.denied", { caller, action, resource });
	return (await openAuthorizingProxy({ service, engine, region, roles: () => roles, onDenied })).url;
}

reportToParent({
	sqs: await proxyTo("sqs", sqsUrl),
	scheduler: await proxyTo("scheduler", schedulerUrl),
} satisfies EnginesReady);
for (;;) {
	const command = await nextCommand(enginesCommand);
	if ("lambdaUrl" in command) lambdaUrl = command.lambdaUrl;
	else {
		roles = command.roles;
		reportToParent({ rolesApplied: true });
	}
}
