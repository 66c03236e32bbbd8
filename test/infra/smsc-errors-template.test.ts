import { expect, it } from "vitest";
import { entries } from "#infra/entries.ts";
import { stageSchema } from "#infra/stage.ts";
import { localWorld } from "#local/template/local-world.ts";
import { planFrom } from "#local/template/plan.ts";
import { drawSecrets } from "#local/template/secrets.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { smscErrorsByOperator } from "#shared/contracts/smscs.ts";
import { sampleStage } from "./gateway-template.ts";

it("tells both who read an SMSC's errors how it numbers them: the receipts function and the SMPP task", () => {
	const { kcell } = sampleStage.operators;
	const operators = { ...sampleStage.operators, kcell: { ...kcell, errors: { err: { "0500": "27" } } } };
	const stage = stageSchema.parse({ ...sampleStage, operators });
	const template = synthesise(stage, entries);
	const { region } = stage;
	const secrets = drawSecrets(template, region, { "smsc-passwords": "{}" });

	const plan = planFrom(template, localWorld(template, { region, sqsUrl: "http://unused", secrets }));

	const errors = { radix: 10, err: { 500: "27" }, status: {} };
	const ofReceipts: unknown = JSON.parse(plan.functions["smsgw-sample-receipts"]?.env["SMSC_ERRORS"] ?? "");
	const ofTask = JSON.parse(plan.service.env["SMSCS"] ?? "");
	expect(ofReceipts).toEqual({ kcell: errors });
	expect(smscErrorsByOperator.parse(ofReceipts)).toEqual({ kcell: errors });
	expect(ofTask.kcell.errors).toEqual(errors);
});
