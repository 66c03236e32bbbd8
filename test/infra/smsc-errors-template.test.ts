import { expect, it } from "vitest";
import { entries } from "#infra/entries.ts";
import { stageSchema } from "#infra/stage.ts";
import { localWorld } from "#local/template/local-world.ts";
import { planFrom } from "#local/template/plan.ts";
import { drawSecrets } from "#local/template/secrets.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { receiptIdsByOperator, smscErrorsByOperator } from "#shared/contracts/smscs.ts";
import { sampleStage } from "./gateway-template.ts";

it("tells whoever reads what an SMSC says how it says it: the receipts function and the SMPP task", () => {
	const { kcell } = sampleStage.operators;
	const settings = { errors: { err: { "0500": "27" } }, receipt_ids: "hex", submit: { long_messages: "sar" } };
	const operators = { ...sampleStage.operators, kcell: { ...kcell, ...settings } };
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
	expect(ofTask.kcell.submit).toMatchObject({ long_messages: "sar", alphabet: "gsm7" });
	const ids: unknown = JSON.parse(plan.functions["smsgw-sample-receipts"]?.env["RECEIPT_IDS"] ?? "");
	expect(receiptIdsByOperator.parse(ids)).toEqual({ kcell: "hex" });
});
