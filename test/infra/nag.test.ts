import { App } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, it } from "vitest";
import { acceptedFindings } from "#infra/accepted-findings.ts";
import { cdkContext } from "#infra/cdk-context.ts";
import { addGateway } from "#infra/gateway.ts";
import { sampleStage } from "./gateway-template.ts";

it("the template breaks none of cdk-nag's AWS Solutions rules without a written reason, and each reason is used", () => {
	const app = new App({
		context: { ...cdkContext, "aws:cdk:bundling-stacks": [], "aws:cdk:disable-asset-staging": true },
	});
	addGateway(app, sampleStage);

	const { violations } = new AwsSolutionsChecks().validateScope(app);

	const { name, account, region } = sampleStage;
	const ofAnyStage = (rule: string) =>
		rule.replaceAll(`:${region}:${account}:`, ":REGION:ACCOUNT:").replaceAll(`smsgw-${name}-`, "smsgw-NAME-");
	const found = [...new Set(violations.map(({ ruleName }) => ofAnyStage(ruleName)))].sort();
	expect(found).toEqual(Object.keys(acceptedFindings).sort());
	expect(Object.values(acceptedFindings).filter((reason) => reason.length < 40)).toEqual([]);
});
