import { nextOrder, report } from "../processes/orders.ts";
import { openScheduler } from "../scheduler/open-scheduler.ts";
import { invokeTargets } from "../scheduler/targets.ts";
import { account } from "../template/local-world.ts";
import { awsJson } from "../wire/aws-json.ts";
import { openQueues } from "./open-queues.ts";

/** The process of the engines that are JavaScript: SQS and the Scheduler. What they hold dies with it. */
export type EnginesReady = { readonly sqsUrl: string; readonly schedulerUrl: string };
export type EnginesOrder = { readonly region: string } | { readonly lambdaUrl: string };

const { region } = await nextOrder<{ readonly region: string }>();
let lambdaUrl: string | undefined;
const { url: sqsUrl } = await openQueues(region);
const invoke = invokeTargets({
	lambdaUrl: () => lambdaUrl,
	sqs: awsJson("sqs", sqsUrl, region),
	sqsUrl,
	log: (event, fields) => console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields })),
});
const { url: schedulerUrl } = await openScheduler(0, invoke, `arn:aws:scheduler:${region}:${account}`);
report({ sqsUrl, schedulerUrl } satisfies EnginesReady);
for (;;) lambdaUrl = (await nextOrder<{ readonly lambdaUrl: string }>()).lambdaUrl;
