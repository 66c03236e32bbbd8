import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { Construct } from "constructs";
import { heartbeatBody } from "#shared/contracts/queue-entries.ts";
import { heartbeatQueues } from "./consumers.ts";
import { useKey } from "./permissions.ts";
import type { Queues } from "./queues.ts";
import { namePrefix, type Stage } from "./stage.ts";

type HeartbeatsProps = { readonly stage: Stage; readonly queues: Queues; readonly key: IKey | undefined };

/**
 * Sends an entry to each queue of a function every five minutes. The function counts it, so a missing count means that the queue, the event
 * source mapping or the function has stopped.
 */
export class Heartbeats extends Construct {
	constructor(scope: Construct, id: string, { stage, queues, key }: HeartbeatsProps) {
		super(scope, id);
		const targets = Object.entries(heartbeatQueues).map(
			([consumer, kind]) => [consumer, queues[kind].queue.queueArn] as const,
		);
		const role = new Role(this, "role", { assumedBy: new ServicePrincipal("scheduler.amazonaws.com") });
		role.addToPolicy(
			new PolicyStatement({ actions: ["sqs:SendMessage"], resources: targets.map(([, queueArn]) => queueArn) }),
		);
		if (key) useKey(role, key);
		for (const [consumer, queueArn] of targets) {
			new CfnSchedule(this, consumer, {
				name: `${namePrefix(stage)}-heartbeat-${consumer}`,
				scheduleExpression: "rate(5 minutes)",
				flexibleTimeWindow: { mode: "OFF" },
				target: {
					arn: queueArn,
					roleArn: role.roleArn,
					input: heartbeatBody,
					retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
				},
			});
		}
	}
}
