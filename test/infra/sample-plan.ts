import { localReferences } from "#local/template/local-references.ts";
import { generateSecrets } from "#local/template/secrets.ts";
import { type StackPlan, stackPlanFrom } from "#local/template/stack-plan.ts";
import { gatewayTemplate, sampleStage } from "./gateway-template.ts";

/** The plan of the sample stage. Queue URLs are AWS's, so they have their real length. */
export function samplePlan(): StackPlan {
	const { region } = sampleStage;
	const secrets = generateSecrets(gatewayTemplate, region, { "smsc-passwords": '{"kcell":"secret"}' });
	const sqsUrl = `https://sqs.${region}.amazonaws.com`;
	return stackPlanFrom(gatewayTemplate, localReferences(gatewayTemplate, { region, sqsUrl, secrets }));
}
