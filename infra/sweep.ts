import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { Construct } from "constructs";
import { namePrefix, type Stage } from "./stage.ts";

/**
 * Looks for any slot more than five minutes past, seven minutes after each quarter: whatever a slot's own schedule missed is
 * found here.
 */
export class Sweep extends Construct {
	constructor(
		scope: Construct,
		id: string,
		{ stage, checkDue }: { readonly stage: Stage; readonly checkDue: IFunction },
	) {
		super(scope, id);
		const role = new Role(this, "role", { assumedBy: new ServicePrincipal("scheduler.amazonaws.com") });
		checkDue.grantInvoke(role);
		new CfnSchedule(this, "schedule", {
			name: `${namePrefix(stage)}-sweep`,
			scheduleExpression: "cron(7,22,37,52 * * * ? *)",
			scheduleExpressionTimezone: "Asia/Almaty",
			flexibleTimeWindow: { mode: "OFF" },
			target: { arn: checkDue.functionArn, roleArn: role.roleArn, input: JSON.stringify({ sweep: true }) },
		});
	}
}
