import { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from "aws-cdk-lib/aws-codedeploy";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { z } from "zod";
import { alarmName, functionReleaseAlarms } from "./deployment-alarms.ts";
import type { GatewayFunction } from "./gateway-function.ts";
import { namePrefix, type Stage } from "./stage.ts";

type GradualReleasesProps = {
	readonly stage: Stage;
	/** By their file. */
	readonly functions: Readonly<Record<string, Pick<GatewayFunction<z.ZodObject>, "alias">>>;
};

/**
 * Moves each function's traffic to a new version in ten steps of a minute, and back to the old version if an alarm rings meanwhile. All
 * functions share a role.
 */
export class GradualReleases extends Construct {
	constructor(scope: Construct, id: string, { stage, functions }: GradualReleasesProps) {
		super(scope, id);
		const application = new LambdaApplication(this, "application", { applicationName: namePrefix(stage) });
		const role = new Role(this, "role", {
			assumedBy: new ServicePrincipal("codedeploy.amazonaws.com"),
			managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName("service-role/AWSCodeDeployRoleForLambdaLimited")],
		});
		const alarms = functionReleaseAlarms.map(([article, of]) => {
			const name = alarmName(stage, article, of);
			return Alarm.fromAlarmName(this, name, name);
		});
		for (const [entry, { alias }] of Object.entries(functions)) {
			new LambdaDeploymentGroup(this, entry, {
				application,
				role,
				alias,
				alarms,
				deploymentConfig: stage.gradualReleases
					? LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE
					: LambdaDeploymentConfig.ALL_AT_ONCE,
			});
		}
	}
}
