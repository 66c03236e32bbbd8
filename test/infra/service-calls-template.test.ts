import { describe, expect, it } from "vitest";
import { metadataKeys } from "#infra/entries.ts";
import { localReferences } from "#local/template/local-references.ts";
import type { Template } from "#local/template/template.ts";
import { gatewayTemplate, resources, sampleStage } from "./gateway-template.ts";
import { grantsIn } from "./service-calls/grants.ts";
import { removalsOf } from "./service-calls/removals.ts";
import { type RequiredGrant, requiredGrantText } from "./service-calls/required-grant.ts";
import { serviceCallsOf } from "./service-calls/service-calls.ts";

const sqsUrl = `https://sqs.${sampleStage.region}.amazonaws.com`;
const secrets = { get: () => "{}" } as unknown as ReadonlyMap<string, string>;
const references = localReferences(gatewayTemplate, { region: sampleStage.region, sqsUrl, secrets });
const serviceCalls = serviceCallsOf(gatewayTemplate, references, sampleStage);
const requiredGrants: readonly RequiredGrant[] = [
	...new Map(
		serviceCalls.flatMap((arrow) => arrow.requiredGrants).map((required) => [JSON.stringify(required), required]),
	).values(),
];
const grants = grantsIn(references);

/** Grants that a call needs and the template lacks. */
const missing = (template: Template) => {
	const isGranted = grants(template);
	return requiredGrants.filter((required) => !isGranted(required)).map(requiredGrantText);
};

/** Grants that no call needs, with their reasons. */
const spare: Readonly<Record<string, string>> = {
	"smpptaskExecutionRole.*: secretsmanager:DescribeSecret on .*":
		"CDK's grant of a container's secrets adds it to GetSecretValue.",
	'sweeprole.*: lambda:InvokeFunction on \\{.*":\\*".*':
		"CDK's grantInvoke adds the function's versions, of which there are none.",
};

const removals = removalsOf(gatewayTemplate);
const isSpare = (what: string) => Object.keys(spare).some((pattern) => new RegExp(`^${pattern}$`).test(what));

describe("every call from one service to another", () => {
	it("is allowed at both ends", () => {
		expect(missing(gatewayTemplate)).toEqual([]);
	});

	it("is listed: of each alarm, route, schedule, feed and listener, of each function and of the task", () => {
		const from = new Set(serviceCalls.map((arrow) => arrow.from));
		const to = new Set(serviceCalls.map((arrow) => arrow.to));
		const count = (type: string) => resources(type).length;
		const alarms = resources("AWS::CloudWatch::Alarm").filter(([id]) => id.startsWith("watch"));

		expect(alarms.filter(([, { Properties }]) => !from.has(String(Properties["AlarmName"])))).toEqual([]);
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
		expect(serviceCalls.filter((arrow) => arrow.from === "lambda")).toHaveLength(count("AWS::Lambda::Function"));
		expect([to.has("task"), to.has("slot schedules"), to.has("operators and AWS")]).toEqual([true, true, true]);
	});

	it("uses certificates of the stage's region, if it uses one", () => {
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

	it("sends to no dead-letter queue that admits only other queues", () => {
		expect(
			resources("AWS::SQS::Queue").filter(([, { Properties }]) => Properties["RedriveAllowPolicy"] !== undefined),
		).toEqual([]);
	});
});

describe("each grant of the template", () => {
	it("is examined: there are hundreds", () => {
		expect(removals.length).toBeGreaterThan(200);
	});

	it("is needed: without it a call is denied", () => {
		const unseen = removals.filter(({ template }) => missing(template).length === 0).map(({ what }) => what);

		expect(unseen.filter((what) => !isSpare(what))).toEqual([]);
		expect(unseen.filter(isSpare)).toHaveLength(removals.filter(({ what }) => isSpare(what)).length);
		expect(
			Object.keys(spare).filter((pattern) => !unseen.some((what) => new RegExp(`^${pattern}$`).test(what))),
		).toEqual([]);
	});
});

describe("a resource that is changed", () => {
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
	const lets = (Service: string) => ({
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
		expect(missingWith(keyed(topicId, topic, [account, lets("cloudwatch.amazonaws.com")]))).toEqual([]);
		expect(missingWith(keyed(queueId, queue, [account]))).toContainEqual(
			expect.stringMatching(/needs sqs:SendMessage on .*-receipts$/),
		);
	});

	it("is detected if its own policy denies what its caller may", () => {
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
