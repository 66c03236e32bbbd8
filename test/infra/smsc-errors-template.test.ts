import { expect, it } from "vitest";
import { entries } from "#infra/entries.ts";
import { stageSchema } from "#infra/stage.ts";
import { localReferences } from "#local/template/local-references.ts";
import { generateSecrets } from "#local/template/secrets.ts";
import { stackPlanFrom } from "#local/template/stack-plan.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { longReceiptsByOperator, receiptIdsByOperator, smscErrorsByOperator } from "#shared/contracts/smscs.ts";
import { sampleStage } from "./gateway-template.ts";

it("the template passes the SMSCs' error settings to the receipts function and the SMPP task", () => {
	const { kcell } = sampleStage.operators;
	const settings = { errors: { err: { "0500": "27" } }, receipt_ids: "hex", long_receipts: "message" };
	const own = { submit: { long_messages: "sar" }, bind: { sessions: "separate" }, statuses: { 8: "permanent" } };
	const operators = { ...sampleStage.operators, kcell: { ...kcell, ...settings, ...own } };
	const stage = stageSchema.parse({ ...sampleStage, operators });
	const template = synthesise(stage, entries);
	const { region } = stage;
	const secrets = generateSecrets(template, region, { "smsc-passwords": "{}" });

	const plan = stackPlanFrom(template, localReferences(template, { region, sqsUrl: "http://unused", secrets }));

	const errors = { radix: 10, err: { 500: "27" }, status: {} };
	const ofReceipts: unknown = JSON.parse(plan.functions["smsgw-sample-receipts"]?.env["SMSC_ERRORS"] ?? "");
	const ofTask = JSON.parse(plan.service.env["SMSCS"] ?? "");
	expect(ofReceipts).toEqual({ kcell: errors });
	expect(smscErrorsByOperator.parse(ofReceipts)).toEqual({ kcell: errors });
	expect(ofTask.kcell.errors).toEqual(errors);
	expect(ofTask.kcell.submit).toMatchObject({ long_messages: "sar", alphabet: "gsm7" });
	const ids: unknown = JSON.parse(plan.functions["smsgw-sample-receipts"]?.env["RECEIPT_IDS"] ?? "");
	expect(receiptIdsByOperator.parse(ids)).toEqual({ kcell: "hex" });
	const longReceipts: unknown = JSON.parse(plan.functions["smsgw-sample-receipts"]?.env["LONG_RECEIPTS"] ?? "");
	expect(longReceiptsByOperator.parse(longReceipts)).toEqual({ kcell: "message" });
	expect(ofTask.kcell).toMatchObject({ bind: { sessions: "separate", version: "3.4" }, statuses: { 8: "permanent" } });
});
