import { describe, expect, it } from "vitest";
import { entries } from "#infra/entries.ts";
import { readStage, type Stage } from "#infra/stage.ts";
import { account, localReferences } from "#local/template/local-references.ts";
import { synthesise } from "#local/template/synthesise.ts";
import type { Template } from "#local/template/template.ts";
import { gatewayTemplate, sampleStage } from "./gateway-template.ts";
import { grantsIn } from "./service-calls/grants.ts";
import { requiredGrantText } from "./service-calls/required-grant.ts";
import { serviceCallsOf } from "./service-calls/service-calls.ts";

const sampleWith = (changes: Partial<Stage>) => readStage({ ...sampleStage, ...changes });
const of = ({ Resources }: Template, type: string) =>
	Object.entries(Resources).flatMap(([id, { Type, Properties }]) => (Type === type ? [[id, Properties] as const] : []));

function missingGrants(stage: Stage, template: Template): readonly string[] {
	const sqsUrl = `https://sqs.${stage.region}.amazonaws.com`;
	const secrets = { get: () => "{}" } as unknown as ReadonlyMap<string, string>;
	const references = localReferences(template, { region: stage.region, sqsUrl, secrets });
	const isGranted = grantsIn(references)(template);
	const required = serviceCallsOf(template, references, stage).flatMap((call) => call.requiredGrants);
	return [...new Set(required.filter((one) => !isGranted(one)).map(requiredGrantText))];
}

describe("tags", () => {
	it("are on every table, queue, function, task and address, with the stage's name among them", () => {
		const template = synthesise(sampleWith({ tags: { team: "sms" } }), entries);
		const types = ["DynamoDB::Table", "SQS::Queue", "Lambda::Function", "ECS::Service", "EC2::EIP", "SNS::Topic"];

		for (const [id, { Tags }] of types.flatMap((type) => of(template, `AWS::${type}`))) {
			expect(Tags, id).toEqual(
				expect.arrayContaining([
					{ Key: "smsgw:stage", Value: "sample" },
					{ Key: "team", Value: "sms" },
				]),
			);
		}
		expect(of(template, "AWS::ECS::Service")[0]?.[1]["PropagateTags"]).toBe("SERVICE");
	});
});

describe("alarms", () => {
	it("go to every address and to the webhook", () => {
		const alarmAddresses = ["duty@example.kz", "lead@example.kz"];
		const template = synthesise(sampleWith({ alarmAddresses, alarmWebhook: "https://alarms.example/key" }), entries);

		expect(of(template, "AWS::SNS::Subscription").map(([, { Protocol, Endpoint }]) => [Protocol, Endpoint])).toEqual([
			["email", "duty@example.kz"],
			["email", "lead@example.kz"],
			["https", "https://alarms.example/key"],
		]);
	});
});

describe("a stage with a budget", () => {
	const stage = sampleWith({ budgetDollars: 500 });
	const template = synthesise(stage, entries);
	const [[topicId] = []] = of(template, "AWS::SNS::Topic");

	it("warns of its costs, of a forecast above it, and of unusual costs, by the stage's tag", () => {
		const [[, budget] = []] = of(template, "AWS::Budgets::Budget");
		const [[, monitor] = []] = of(template, "AWS::CE::AnomalyMonitor");
		const [[, anomalies] = []] = of(template, "AWS::CE::AnomalySubscription");
		const warnings = budget?.["NotificationsWithSubscribers"] as readonly Record<string, object>[];

		expect(budget?.["Budget"]).toMatchObject({
			BudgetLimit: { Amount: 500, Unit: "USD" },
			CostFilters: { TagKeyValue: ["user:smsgw:stage$sample"] },
		});
		expect(warnings.map(({ Notification }) => Notification)).toMatchObject([
			{ NotificationType: "ACTUAL", Threshold: 80 },
			{ NotificationType: "ACTUAL", Threshold: 100 },
			{ NotificationType: "FORECASTED", Threshold: 100 },
		]);
		expect(JSON.parse(String(monitor?.["MonitorSpecification"]))).toEqual({
			Tags: { Key: "smsgw:stage", Values: ["sample"] },
		});
		expect(JSON.parse(String(anomalies?.["ThresholdExpression"])).Dimensions.Values).toEqual(["25"]);
	});

	it("lets budgets and cost anomalies publish to the topic of alarms", () => {
		const policies = JSON.stringify(of(template, "AWS::SNS::TopicPolicy"));

		expect(topicId).toBeDefined();
		for (const service of ["cloudwatch", "budgets", "costalerts"]) {
			expect(policies).toContain(`"${service}.amazonaws.com"`);
		}
		expect(missingGrants(stage, template)).toEqual([]);
	});

	it("is optional", () => {
		expect(of(gatewayTemplate, "AWS::Budgets::Budget")).toEqual([]);
		expect(JSON.stringify(of(gatewayTemplate, "AWS::SNS::TopicPolicy"))).not.toContain("budgets");
	});
});

describe("tracing", () => {
	it.each([
		[true, "Active"],
		[false, undefined],
	])("%s sets the mode of every function", (tracing, mode) => {
		const functions = of(synthesise(sampleWith({ tracing }), entries), "AWS::Lambda::Function");

		expect(new Set(functions.map(([, { TracingConfig }]) => Object(TracingConfig)["Mode"]))).toEqual(new Set([mode]));
	});
});

describe("a stage with its own encryption key", () => {
	const stage = sampleWith({ encryption: "customer", budgetDollars: 100 });
	const template = synthesise(stage, entries);
	const [[keyId = "", key] = []] = of(template, "AWS::KMS::Key");

	it("encrypts tables, queues, secrets and the topic of alarms with it", () => {
		const named = [
			...of(template, "AWS::DynamoDB::Table").map(
				([, { SSESpecification }]) => Object(SSESpecification)["KMSMasterKeyId"],
			),
			...of(template, "AWS::SQS::Queue").map(([, { KmsMasterKeyId }]) => KmsMasterKeyId),
			...of(template, "AWS::SecretsManager::Secret").map(([, { KmsKeyId }]) => KmsKeyId),
			...of(template, "AWS::SNS::Topic").map(([, { KmsMasterKeyId }]) => KmsMasterKeyId),
		];

		expect(named.length).toBeGreaterThan(50);
		expect(named.filter((one) => !JSON.stringify(one ?? "").includes(keyId))).toEqual([]);
		expect(key).toMatchObject({ EnableKeyRotation: true });
	});

	it("lets each caller use the key, at both ends", () => {
		expect(missingGrants(stage, template)).toEqual([]);
	});

	it("is found out if a caller, or a service, may not use the key", () => {
		const without = (what: string): Template => ({
			...template,
			Resources: JSON.parse(JSON.stringify(template.Resources).replaceAll(what, "kms:none")),
		});

		expect(missingGrants(stage, without("kms:Decrypt"))).toContainEqual(
			expect.stringMatching(/^functionsreceipts.* needs dynamodb:BatchGetItem on .*-messages$/),
		);
		expect(missingGrants(stage, without("kms:GenerateDataKey*"))).toContainEqual(
			expect.stringMatching(/^(cloudwatch|budgets|costalerts)\.amazonaws\.com needs sns:Publish/),
		);
		expect(missingGrants(stage, without("kms:GenerateDataKey*"))).toContainEqual(
			expect.stringMatching(/^heartbeats.* needs sqs:SendMessage/),
		);
	});

	it("keeps the key of AWS by default", () => {
		expect(of(gatewayTemplate, "AWS::KMS::Key")).toEqual([]);
		expect(account).toBe(stage.account);
	});
});
