import { describe, expect, it } from "vitest";
import { metadataKeys } from "#infra/entries.ts";
import { localReferences } from "#local/template/local-references.ts";
import type { Template } from "#local/template/template.ts";
import { gatewayTemplate, resources, sampleStage } from "./gateway-template.ts";
import { grantsIn } from "./service-calls/grants.ts";
import { removalsOf } from "./service-calls/removals.ts";
import { type RequiredGrant, requiredGrantText } from "./service-calls/required-grant.ts";
import { serviceCallsOf } from "./service-calls/service-calls.ts";
import { unneededIn } from "./service-calls/unneeded-grants.ts";

const sqsUrl = `https://sqs.${sampleStage.region}.amazonaws.com`;
const secrets = { get: () => "{}" } as unknown as ReadonlyMap<string, string>;
const references = localReferences(gatewayTemplate, { region: sampleStage.region, sqsUrl, secrets });
const serviceCalls = serviceCallsOf(gatewayTemplate, references, sampleStage);
const requiredGrants: readonly RequiredGrant[] = [
	...new Map(
		serviceCalls.flatMap((call) => call.requiredGrants).map((required) => [JSON.stringify(required), required]),
	).values(),
];
const grants = grantsIn(references);

const missing = (template: Template) => {
	const isGranted = grants(template);
	return requiredGrants.filter((required) => !isGranted(required)).map(requiredGrantText);
};

const removals = removalsOf(gatewayTemplate);
describe("each call from one service to another", () => {
	it("is allowed at both ends", () => {
		expect(missing(gatewayTemplate)).toEqual([]);
	});

	it("is known for each alarm, route, schedule, mapping and listener, each function and the task", () => {
		const from = new Set(serviceCalls.map((call) => call.from));
		const to = new Set(serviceCalls.map((call) => call.to));
		const count = (type: string) => resources(type).length;

		expect(
			resources("AWS::CloudWatch::Alarm").filter(([, { Properties }]) => !from.has(String(Properties["AlarmName"]))),
		).toEqual([]);
		expect(
			resources("AWS::ApiGatewayV2::Route").filter(([, { Properties }]) => !from.has(String(Properties["RouteKey"]))),
		).toEqual([]);
		expect(
			resources("AWS::Scheduler::Schedule").filter(([, { Properties }]) => !from.has(String(Properties["Name"]))),
		).toEqual([]);
		expect(resources("AWS::ElasticLoadBalancingV2::Listener").filter(([id]) => !from.has(id))).toEqual([]);
		expect([...from].filter((name) => name.startsWith("arn:aws:sqs:"))).toHaveLength(
			count("AWS::Lambda::EventSourceMapping"),
		);
		expect(serviceCalls.filter((call) => call.from === "codedeploy")).toHaveLength(count("AWS::Lambda::Alias"));
		expect(serviceCalls.filter((call) => call.from === "lambda")).toHaveLength(count("AWS::Lambda::Function"));
		expect([to.has("task"), to.has("slot schedules"), to.has("operators and AWS")]).toEqual([true, true, true]);
	});

	it("uses certificates of the stage's region, if it needs one", () => {
		const domains = resources("AWS::ApiGatewayV2::DomainName").flatMap(
			([, { Properties }]) => Properties["DomainNameConfigurations"],
		);
		const listeners = resources("AWS::ElasticLoadBalancingV2::Listener").filter(
			([, { Properties }]) => Properties["Protocol"] === "TLS",
		);
		const arns = [...domains, ...listeners.flatMap(([, { Properties }]) => Properties["Certificates"])].map(
			(one) => (one as { readonly CertificateArn: string }).CertificateArn,
		);

		expect(arns).toEqual([sampleStage.certificateArn, sampleStage.certificateArn]);
		expect(arns.map((arn) => arn.split(":")[3])).toEqual([sampleStage.region, sampleStage.region]);
	});

	it("meets no dead-letter queue that restricts its source queues", () => {
		expect(
			resources("AWS::SQS::Queue").filter(([, { Properties }]) => Properties["RedriveAllowPolicy"] !== undefined),
		).toEqual([]);
	});
});

describe("each grant of the template", () => {
	it("is among more than 200 that are examined", () => {
		expect(removals.length).toBeGreaterThan(200);
	});

	it("is needed: without it a call is denied", () => {
		expect(unneededIn(removals, missing)).toEqual({ withoutReason: [], staleReasons: [] });
	});
});

describe("a changed resource", () => {
	const [[topicId, topic] = []] = resources("AWS::SNS::Topic");
	const [[queueId, queue] = []] = resources("AWS::SQS::Queue").filter(
		([, { Metadata }]) => Metadata[metadataKeys.role] === "receipts",
	);

	const changed = (more: Template["Resources"]) => ({
		...gatewayTemplate,
		Resources: { ...gatewayTemplate.Resources, ...more },
	});
	const keyed = (id: string | undefined, resource: typeof topic, statements: readonly object[]) =>
		changed({
			[id ?? ""]: {
				Type: "",
				Metadata: {},
				...resource,
				Properties: { ...resource?.Properties, KmsMasterKeyId: { Ref: "key" } },
			},
			key: { Type: "AWS::KMS::Key", Metadata: {}, Properties: { KeyPolicy: { Statement: statements } } },
		});
	const account = {
		Effect: "Allow",
		Principal: { AWS: "arn:aws:iam::000000000000:root" },
		Action: "kms:*",
		Resource: "*",
	};
	const allowing = (Service: string) => ({
		Effect: "Allow",
		Principal: { Service },
		Action: ["kms:GenerateDataKey", "kms:Decrypt"],
		Resource: "*",
	});

	it("is detected if its encryption key denies its writers: a topic and a queue", () => {
		const sns = keyed(topicId, topic, [account]);
		const withKey = localReferences(sns, { region: sampleStage.region, sqsUrl, secrets });
		const missingWith = (template: Template) => {
			const isGranted = grantsIn(withKey)(template);
			return requiredGrants.filter((required) => !isGranted(required)).map(requiredGrantText);
		};

		expect(missingWith(sns)).toEqual([`cloudwatch.amazonaws.com needs sns:Publish on ${topicId}`]);
		expect(missingWith(keyed(topicId, topic, [account, allowing("cloudwatch.amazonaws.com")]))).toEqual([]);
		expect(missingWith(keyed(queueId, queue, [account]))).toContainEqual(
			expect.stringMatching(/needs sqs:SendMessage on .*-receipts$/),
		);
	});

	it("is detected if its own policy denies what its caller may do", () => {
		const [[policyId, policy] = []] = resources("AWS::SQS::QueuePolicy").filter(([id]) =>
			id.startsWith("queuesreceiptsP"),
		);
		const { Statement = [] } = (policy?.Properties["PolicyDocument"] ?? {}) as { Statement?: object[] };
		const denied = { ...Statement[0], Action: "sqs:SendMessage", Condition: {} };
		const Properties = { ...policy?.Properties, PolicyDocument: { Statement: [denied] } };
		const template = changed({ [policyId ?? ""]: { Type: "", Metadata: {}, ...policy, Properties } });

		expect(missing(template)).toContainEqual(expect.stringMatching(/needs sqs:SendMessage on .*-receipts$/));
	});
});
