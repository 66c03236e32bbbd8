import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { Construct } from "constructs";
import { namePrefix, type Stage } from "./stage.ts";

export const sweepMinutes = 15;

/** Checks slots that are more than five minutes overdue, seven minutes after each quarter of an hour, in case their own schedule failed. */
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
