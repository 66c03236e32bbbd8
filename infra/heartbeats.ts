import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { Construct } from "constructs";
import { heartbeatBody } from "#shared/contracts/queue-entries.ts";
import { heartbeatQueues } from "./consumers.ts";
import type { Queues } from "./queues.ts";
import { namePrefix, type Stage } from "./stage.ts";

/**
 * Puts an entry into each queue that feeds a function, every five minutes. It passes the queue, the event source mapping and the function, as any
 * entry does, and is counted there: where it is not, one of them stands still.
 */
export class Heartbeats extends Construct {
	constructor(scope: Construct, id: string, { stage, queues }: { readonly stage: Stage; readonly queues: Queues }) {
		super(scope, id);
		const targets = Object.entries(heartbeatQueues).map(
			([consumer, kind]) => [consumer, queues[kind].queue.queueArn] as const,
		);
		const role = new Role(this, "role", { assumedBy: new ServicePrincipal("scheduler.amazonaws.com") });
		role.addToPolicy(
			new PolicyStatement({ actions: ["sqs:SendMessage"], resources: targets.map(([, queueArn]) => queueArn) }),
		);
		for (const [consumer, queueArn] of targets) {
			new CfnSchedule(this, consumer, {
				name: `${namePrefix(stage)}-heartbeat-${consumer}`,
				scheduleExpression: "rate(5 minutes)",
				flexibleTimeWindow: { mode: "OFF" },
				target: {
					arn: queueArn,
					roleArn: role.roleArn,
					input: heartbeatBody,
					// A late one says nothing: the next is on its way.
					retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
				},
			});
		}
	}
}
