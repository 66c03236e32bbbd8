import { localWorld } from "#local/template/local-world.ts";
import { type Plan, planFrom } from "#local/template/plan.ts";
import { drawSecrets } from "#local/template/secrets.ts";
import { gatewayTemplate, sampleStage } from "./gateway-template.ts";

/** The plan of the sample stage, with queues where AWS would have them: as long as they really are. */
export function samplePlan(): Plan {
	const { region } = sampleStage;
	const secrets = drawSecrets(gatewayTemplate, region, { "smsc-passwords": '{"kcell":"secret"}' });
	const sqsUrl = `https://sqs.${region}.amazonaws.com`;
	return planFrom(gatewayTemplate, localWorld(gatewayTemplate, { region, sqsUrl, secrets }));
}
