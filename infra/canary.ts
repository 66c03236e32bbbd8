import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { z } from "zod";
import { sendCanaryEnv } from "#shared/contracts/environments.ts";
import { basePath } from "#shared/contracts/routes.ts";
import { GatewayFunction } from "./gateway-function.ts";
import { namePrefix, type Stage, type StageCanary } from "./stage.ts";

type CanaryProps = {
	readonly stage: Stage;
	readonly canary: StageCanary;
	readonly handlers: string;
	readonly password: Secret;
};

/** Sends a message through the public API every five minutes, and checks that the previous one was delivered. */
export class Canary extends Construct {
	readonly sender: GatewayFunction<z.ZodObject>;

	constructor(scope: Construct, id: string, { stage, canary, handlers, password }: CanaryProps) {
		super(scope, id);
		this.sender = new GatewayFunction(this, "send-canary", {
			...{ stage, handlers, entry: "send-canary", envSchema: sendCanaryEnv, timeoutSeconds: 30 },
			env: {
				METRICS_NAMESPACE: namePrefix(stage),
				PUBLIC_URL: `${stage.publicUrl}${basePath}`,
				CANARY_ACCOUNT: canary.account,
				CANARY_PASSWORD: password.secretValue.unsafeUnwrap(),
				CANARY_SENDER: canary.sender,
				CANARY_NUMBER: canary.number,
			},
		});
		const role = new Role(this, "role", { assumedBy: new ServicePrincipal("scheduler.amazonaws.com") });
		this.sender.live.grantInvoke(role);
		new CfnSchedule(this, "schedule", {
			name: `${namePrefix(stage)}-canary`,
			scheduleExpression: "rate(5 minutes)",
			flexibleTimeWindow: { mode: "OFF" },
			target: {
				arn: this.sender.live.functionArn,
				roleArn: role.roleArn,
				retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
			},
		});
	}
}
