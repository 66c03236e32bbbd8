import { describe, expect, it } from "vitest";
import { gatewayTemplate, referencesIn, resources } from "./gateway-template.ts";
import { type PolicyStatement, policyVerdict, type ServiceRequest } from "./policy-verdict.ts";

/** The statements of the policies that a resource has, which stand in place of its service's default policy. */
function policyOf(type: "AWS::SNS::TopicPolicy" | "AWS::SQS::QueuePolicy", id: string): readonly PolicyStatement[] {
	const own = resources(type).filter(([, { Properties }]) =>
		referencesIn(Properties["Topics"] ?? Properties["Queues"]).includes(id),
	);
	return own.flatMap(
		([, { Properties }]) => (Properties["PolicyDocument"] as { Statement: PolicyStatement[] }).Statement,
	);
}

const ownAccount = { Ref: "AWS::AccountId" };

/** What CloudWatch asks when an alarm of this account changes its state. */
const published = (topic: string, context: object = {}): ServiceRequest => ({
	service: "cloudwatch.amazonaws.com",
	action: "sns:Publish",
	resource: { Ref: topic },
	context: { "aws:SourceAccount": ownAccount, "aws:SecureTransport": "true", ...context },
});

const actionsOf = ["AlarmActions", "OKActions", "InsufficientDataActions"] as const;
const topicIds = resources("AWS::SNS::Topic").map(([id]) => id);

/** Each topic that an alarm goes to, once. */
const alarmTopics = [
	...new Set(
		resources("AWS::CloudWatch::Alarm").flatMap(([, { Properties }]) =>
			actionsOf.flatMap((actions) => referencesIn(Properties[actions])).filter((id) => topicIds.includes(id)),
		),
	),
];

describe("the topic that alarms go to", () => {
	it("is one, and no alarm of ours goes elsewhere", () => {
		const watched = resources("AWS::CloudWatch::Alarm").filter(([id]) => id.startsWith("watch"));
		const targets = watched.flatMap(([, { Properties }]) => actionsOf.map((one) => Properties[one] ?? [])).flat();

		expect(alarmTopics).toHaveLength(1);
		expect(targets).toEqual(watched.flatMap(() => [{ Ref: alarmTopics[0] }, { Ref: alarmTopics[0] }]));
	});

	it.each(alarmTopics)("%s lets CloudWatch publish for this account's alarms, and for nobody else's", (topic) => {
		const policy = policyOf("AWS::SNS::TopicPolicy", topic);

		expect(policyVerdict(policy, published(topic))).toBe("allowed");
		expect(policyVerdict(policy, published(topic, { "aws:SourceAccount": "999999999999" }))).toBe("unmentioned");
		expect(policyVerdict(policy, published(topic, { "aws:SecureTransport": "false" }))).toBe("denied");
		expect(policyVerdict(policy, { ...published(topic), service: "s3.amazonaws.com" })).toBe("unmentioned");
	});

	it.each(alarmTopics)("%s is not encrypted with a key that CloudWatch may not use", (topic) => {
		expect(gatewayTemplate.Resources[topic]?.Properties).not.toHaveProperty("KmsMasterKeyId");
	});
});

describe("the queues' policies, which allow nothing", () => {
	it.each(resources("AWS::SQS::Queue").map(([id]) => id))(
		"keep nothing from %s: no service delivers to it",
		(queue) => {
			/* Sends and receives by their roles' rights: the functions, the task, and Lambda for the functions that it feeds. Redrives: SQS itself. */
			const needNoPolicy = [
				"AWS::ECS::TaskDefinition",
				"AWS::IAM::Policy",
				"AWS::Lambda::EventSourceMapping",
				"AWS::Lambda::Function",
				"AWS::SQS::Queue",
				"AWS::SQS::QueuePolicy",
			];
			const users = Object.values(gatewayTemplate.Resources).filter(({ Properties }) =>
				referencesIn(Properties).includes(queue),
			);

			expect(users.map(({ Type }) => Type).filter((type) => !needNoPolicy.includes(type))).toEqual([]);
			expect(policyOf("AWS::SQS::QueuePolicy", queue).map(({ Effect }) => Effect)).toEqual(["Deny"]);
		},
	);

	it("are, with the alarms' topic's, the only ones that stand in place of a service's default", () => {
		const kinds = Object.values(gatewayTemplate.Resources).flatMap(({ Type, Properties }) =>
			!Type.startsWith("AWS::IAM::") && JSON.stringify(Properties).includes('"Statement":[') ? [Type] : [],
		);

		expect([...new Set(kinds)].sort()).toEqual(["AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"]);
	});
});
