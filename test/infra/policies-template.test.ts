import { describe, expect, it } from "vitest";
import { allows, type Statement, statement } from "#local/permissions/policy.ts";
import { account, localReferences } from "#local/template/local-references.ts";
import { resolve } from "#local/template/resolve.ts";
import { gatewayTemplate, referencesIn, resources, sampleStage } from "./gateway-template.ts";

const references = localReferences(gatewayTemplate, {
	region: sampleStage.region,
	sqsUrl: "http://unused",
	secrets: new Map(),
});

type Principal = "*" | { readonly AWS?: string | string[]; readonly Service?: string | string[] };
type OwnStatement = { readonly principal: Principal; readonly statement: Statement };

/** The statements of a resource's policies, which replace its service's default policy. */
function policyOf(type: "AWS::SNS::TopicPolicy" | "AWS::SQS::QueuePolicy", id: string): readonly OwnStatement[] {
	const own = resources(type).filter(([, { Properties }]) =>
		referencesIn(Properties["Topics"] ?? Properties["Queues"]).includes(id),
	);
	return own.flatMap(([, { Properties }]) => {
		const { Statement } = resolve(Properties["PolicyDocument"], references) as {
			Statement: { Principal: Principal }[];
		};
		return Statement.map(({ Principal: principal, ...rest }) => ({ principal, statement: statement.parse(rest) }));
	});
}

/** Whether a service may act on a topic in its own name: only the topic's policy gives it that right. */
function mayDo(service: string, action: string, topic: string, context: Readonly<Record<string, string>>): boolean {
	const meant = policyOf("AWS::SNS::TopicPolicy", topic).filter(({ principal }) => {
		if (principal === "*") return true;
		return [principal.AWS].flat().includes("*") || [principal.Service].flat().includes(service);
	});
	return allows(
		meant.map((one) => one.statement),
		{ action, resource: topic, context },
	);
}

/** The context of CloudWatch's call when an alarm of this account changes its state. */
const cloudWatchContext = { "aws:SourceAccount": account, "aws:SecureTransport": "true" };

const actionsOf = ["AlarmActions", "OKActions", "InsufficientDataActions"] as const;
const topicIds = resources("AWS::SNS::Topic").map(([id]) => id);

/** Each topic that an alarm notifies, once. */
const alarmTopics = [
	...new Set(
		resources("AWS::CloudWatch::Alarm").flatMap(([, { Properties }]) =>
			actionsOf.flatMap((actions) => referencesIn(Properties[actions])).filter((id) => topicIds.includes(id)),
		),
	),
];

describe("the alarms' topic", () => {
	it("is the only target of our alarms", () => {
		const watched = resources("AWS::CloudWatch::Alarm");
		const targets = watched.flatMap(([, { Properties }]) => actionsOf.map((one) => Properties[one] ?? [])).flat();

		expect(alarmTopics).toHaveLength(1);
		expect(targets).toEqual(watched.flatMap(() => [{ Ref: alarmTopics[0] }, { Ref: alarmTopics[0] }]));
	});

	it.each(alarmTopics)("%s lets only CloudWatch publish, for this account's alarms", (topic) => {
		const mayPublish = (service: string, context: object = {}) =>
			mayDo(service, "sns:Publish", topic, { ...cloudWatchContext, ...context });

		expect(mayPublish("cloudwatch.amazonaws.com")).toBe(true);
		expect(mayPublish("cloudwatch.amazonaws.com", { "aws:SourceAccount": "999999999999" })).toBe(false);
		expect(mayPublish("cloudwatch.amazonaws.com", { "aws:SecureTransport": "false" })).toBe(false);
		expect(mayPublish("s3.amazonaws.com")).toBe(false);
	});

	it.each(alarmTopics)("%s is not encrypted with a key that CloudWatch may not use", (topic) => {
		expect(gatewayTemplate.Resources[topic]?.Properties).not.toHaveProperty("KmsMasterKeyId");
	});
});

describe("the queues' policies, which only deny,", () => {
	it.each(resources("AWS::SQS::Queue").map(([id]) => id))("block no service that delivers to %s", (queue) => {
		/* All of these act by a role's permissions; SQS redrives by itself. */
		const needNoPolicy = [
			"AWS::ECS::TaskDefinition",
			"AWS::IAM::Policy",
			"AWS::Lambda::EventSourceMapping",
			"AWS::Lambda::Function",
			"AWS::Scheduler::Schedule",
			"AWS::SQS::Queue",
			"AWS::SQS::QueuePolicy",
		];
		const users = Object.values(gatewayTemplate.Resources).filter(({ Properties }) =>
			referencesIn(Properties).includes(queue),
		);

		expect(users.map(({ Type }) => Type).filter((type) => !needNoPolicy.includes(type))).toEqual([]);
		expect(policyOf("AWS::SQS::QueuePolicy", queue).map((one) => one.statement.Effect)).toEqual(["Deny"]);
	});

	it("are, with the topic's policy, the only ones that replace a service's default", () => {
		const kinds = Object.values(gatewayTemplate.Resources).flatMap(({ Type, Properties }) =>
			!Type.startsWith("AWS::IAM::") && JSON.stringify(Properties).includes('"Statement":[') ? [Type] : [],
		);

		expect([...new Set(kinds)].sort()).toEqual(["AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"]);
	});
});
