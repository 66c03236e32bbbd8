import { ArnFormat, Stack } from "aws-cdk-lib";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnScheduleGroup } from "aws-cdk-lib/aws-scheduler";
import { Construct } from "constructs";
import { liveAlias } from "./gateway-function.ts";
import { namePrefix, type Stage } from "./stage.ts";

/**
 * The group of the slots' schedules, which are created at run time with the first row of a slot. It names the check-due function instead of
 * referring to it, since a reference in the function's own environment would be a cycle.
 */
export class SlotSchedules extends Construct {
	/** Of every function and task that writes slot rows. */
	readonly env: {
		readonly SLOT_SCHEDULES_GROUP: string;
		readonly SLOT_SCHEDULES_ROLE_ARN: string;
		readonly CHECK_DUE_FUNCTION_ARN: string;
	};
	readonly statements: readonly PolicyStatement[];

	constructor(scope: Construct, id: string, stage: Stage) {
		super(scope, id);
		const group = `${namePrefix(stage)}-slots`;
		new CfnScheduleGroup(this, "group", { name: group });
		const checkDueArn = Stack.of(this).formatArn({
			service: "lambda",
			resource: "function",
			resourceName: `${namePrefix(stage)}-check-due:${liveAlias}`,
			arnFormat: ArnFormat.COLON_RESOURCE_NAME,
		});
		const role = new Role(this, "role", { assumedBy: new ServicePrincipal("scheduler.amazonaws.com") });
		new Policy(this, "policy", {
			roles: [role],
			statements: [new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [checkDueArn] })],
		});
		this.env = {
			SLOT_SCHEDULES_GROUP: group,
			SLOT_SCHEDULES_ROLE_ARN: role.roleArn,
			CHECK_DUE_FUNCTION_ARN: checkDueArn,
		};
		const schedules = Stack.of(this).formatArn({
			service: "scheduler",
			resource: "schedule",
			resourceName: `${group}/*`,
		});
		this.statements = [
			new PolicyStatement({ actions: ["scheduler:CreateSchedule"], resources: [schedules] }),
			new PolicyStatement({
				actions: ["iam:PassRole"],
				resources: [role.roleArn],
				conditions: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
			}),
		];
	}
}
