import { localReferences } from "#local/template/local-references.ts";
import { generateSecrets } from "#local/template/secrets.ts";
import { type StackPlan, stackPlanFrom } from "#local/template/stack-plan.ts";
import { gatewayTemplate, sampleStage } from "./gateway-template.ts";

/** The plan of the sample stage, with queue URLs as long as AWS's. */
export function samplePlan(): StackPlan {
	const { region } = sampleStage;
	const secrets = generateSecrets(gatewayTemplate, region, { "smsc-passwords": '{"kcell":"secret"}' });
	const sqsUrl = `https://sqs.${region}.amazonaws.com`;
	return stackPlanFrom(gatewayTemplate, localReferences(gatewayTemplate, { region, sqsUrl, secrets }));
}
