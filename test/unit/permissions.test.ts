import { describe, expect, it } from "vitest";
import { accessKeyOf, authorizationOf, callerOf, localStackKey } from "#local/permissions/callers.ts";
import { type AwsService, deniedPermission } from "#local/permissions/denied-permission.ts";
import { allows, policyDocument, type Statement } from "#local/permissions/policy.ts";

const region = "eu-central-1";
const table = (name: string) => `arn:aws:dynamodb:${region}:000000000000:table/${name}`;
const queue = (name: string) => `arn:aws:sqs:${region}:000000000000:${name}`;

const statements = (...given: object[]): readonly Statement[] => policyDocument.parse({ Statement: given }).Statement;
const allow = (Action: string | string[], Resource: string | string[], Condition = {}) => ({
	Effect: "Allow",
	Action,
	Resource,
	Condition,
});
const deny = (Action: string, Resource: string) => ({ Effect: "Deny", Action, Resource });

describe("a role's statements", () => {
	const permission = { action: "dynamodb:GetItem", resource: table("accounts") };

	it.each([
		["nothing", [], false],
		["the action on the resource", [allow("dynamodb:GetItem", table("accounts"))], true],
		["the action in another case", [allow("dynamodb:getitem", table("accounts"))], true],
		["one of several", [allow(["sqs:SendMessage", "dynamodb:GetItem"], [table("a"), table("accounts")])], true],
		["the action on another resource", [allow("dynamodb:GetItem", table("account"))], false],
		["a resource in another case", [allow("dynamodb:GetItem", table("Accounts"))], false],
		["another action", [allow("dynamodb:GetItems", table("accounts"))], false],
		["all of the service's actions", [allow("dynamodb:*", table("accounts"))], true],
		["all of another service's actions", [allow("sqs:*", "*")], false],
		["an Allow and a Deny, in either order", [deny("dynamodb:*", "*"), allow("*", "*")], false],
		["a Deny of something else", [allow("*", "*"), deny("dynamodb:GetItem", table("messages"))], true],
	])("give the right answer with %s", (_, given, expected) => {
		expect(allows(statements(...given), permission)).toBe(expected);
	});

	it("apply a condition to the call's context", () => {
		const toScheduler = statements(
			allow("iam:PassRole", "*", { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } }),
		);
		const passing = (context: Record<string, string>) => ({ action: "iam:PassRole", resource: "arn:r", context });

		expect(allows(toScheduler, passing({ "iam:PassedToService": "scheduler.amazonaws.com" }))).toBe(true);
		expect(allows(toScheduler, passing({ "iam:PassedToService": "lambda.amazonaws.com" }))).toBe(false);
		expect(allows(toScheduler, passing({}))).toBe(false);
	});

	it.each([
		{ Effect: "Allow", NotAction: "sqs:*", Resource: "*" },
		allow("sqs:*", "*", { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }),
	])("are refused with an element that the local stack does not support: %o", (given) => {
		expect(policyDocument.safeParse({ Statement: [given] }).success).toBe(false);
	});
});

type Sent = { service: AwsService; target?: string; method?: string; url?: string; body: unknown };

/** The permissions that a call needs, found by granting each missing one in turn. */
function permissionsNeeded({ service, target = "", method = "POST", url = "/", body }: Sent): readonly string[] {
	const found: string[] = [];
	for (;;) {
		const given = found.map((permission) => allow(...(permission.split(" ") as [string, string])));
		const roles = { caller: statements(...given) };
		const permission = deniedPermission(roles, "caller", service, {
			region,
			request: () => ({ method, url, target, body }),
		});
		if (!permission) return found;
		found.push(`${permission.action} ${permission.resource}`);
	}
}

const dynamodb = (operation: string, body: unknown) =>
	permissionsNeeded({ service: "dynamodb", target: `DynamoDB_20120810.${operation}`, body });
const sqs = (operation: string, body: unknown) =>
	permissionsNeeded({ service: "sqs", target: `AmazonSQS.${operation}`, body });

describe("a call to DynamoDB needs", () => {
	it.each([
		["GetItem", { TableName: "a" }, [`dynamodb:GetItem ${table("a")}`]],
		["Query", { TableName: "a", IndexName: "i" }, [`dynamodb:Query ${table("a")}/index/i`]],
		[
			"BatchWriteItem",
			{ RequestItems: { a: [], b: [] } },
			[`dynamodb:BatchWriteItem ${table("a")}`, `dynamodb:BatchWriteItem ${table("b")}`],
		],
		[
			"BatchExecuteStatement",
			{
				Statements: [
					`INSERT INTO "a-1" VALUE {'k': ?}`,
					`UPDATE "a-1" SET s = ? WHERE k = ?`,
					` delete\nfrom b WHERE k = ?`,
					`SELECT * FROM "c"."i" WHERE k = ?`,
				].map((Statement) => ({ Statement })),
			},
			[
				`dynamodb:PartiQLInsert ${table("a-1")}`,
				`dynamodb:PartiQLUpdate ${table("a-1")}`,
				`dynamodb:PartiQLDelete ${table("b")}`,
				`dynamodb:PartiQLSelect ${table("c")}/index/i`,
			],
		],
		["ExecuteStatement", { Statement: `SELECT k FROM "a"` }, [`dynamodb:PartiQLSelect ${table("a")}`]],
		["ExecuteStatement", { Statement: `UPSERT INTO "a" VALUE {}` }, ["dynamodb:PartiQL *"]],
		[
			"TransactWriteItems",
			{ TransactItems: [{ Put: { TableName: "a" } }, { ConditionCheck: { TableName: "b" } }] },
			[`dynamodb:PutItem ${table("a")}`, `dynamodb:ConditionCheckItem ${table("b")}`],
		],
		["ListTables", {}, ["dynamodb:ListTables *"]],
		["GetItem", undefined, ["dynamodb:GetItem *"]],
	])("%s %o", (operation, body, expected) => {
		expect(dynamodb(operation, body)).toEqual(expected);
	});
});

describe("a call to SQS needs", () => {
	const QueueUrl = "http://127.0.0.1:1/000000000000/lane";

	it.each([
		["SendMessage", { QueueUrl }, [`sqs:SendMessage ${queue("lane")}`]],
		["SendMessageBatch", { QueueUrl }, [`sqs:SendMessage ${queue("lane")}`]],
		["DeleteMessageBatch", { QueueUrl }, [`sqs:DeleteMessage ${queue("lane")}`]],
		["ChangeMessageVisibilityBatch", { QueueUrl }, [`sqs:ChangeMessageVisibility ${queue("lane")}`]],
		["GetQueueUrl", { QueueName: "lane" }, [`sqs:GetQueueUrl ${queue("lane")}`]],
		["ListQueues", {}, ["sqs:ListQueues *"]],
	])("%s %o", (operation, body, expected) => {
		expect(sqs(operation, body)).toEqual(expected);
	});
});

describe("a call to the Scheduler needs", () => {
	const arn = (resource: string) => `arn:aws:scheduler:${region}:000000000000:${resource}`;

	it.each([
		[
			"POST",
			"/schedules/s",
			{ GroupName: "g", Target: { RoleArn: "arn:r" } },
			[`scheduler:CreateSchedule ${arn("schedule/g/s")}`, "iam:PassRole arn:r"],
		],
		["GET", "/schedules/s?groupName=g", undefined, [`scheduler:GetSchedule ${arn("schedule/g/s")}`]],
		["DELETE", "/schedules/s", undefined, [`scheduler:DeleteSchedule ${arn("schedule/default/s")}`]],
		["GET", "/schedules", undefined, ["scheduler:ListSchedules *"]],
		["POST", "/schedule-groups/g", {}, [`scheduler:CreateScheduleGroup ${arn("schedule-group/g")}`]],
	])("%s %s", (method, url, body, expected) => {
		expect(permissionsNeeded({ service: "scheduler", method, url, body })).toEqual(expected);
	});
});

describe("a caller", () => {
	it("is named by its access key", () => {
		const signed = "AWS4-HMAC-SHA256 Credential=someRole/20240101/eu-central-1/sqs/aws4_request, SignedHeaders=host";

		expect(callerOf(signed)).toBe("someRole");
		expect(callerOf(undefined)).toBe(localStackKey);
	});

	it.each([
		["the whole key", accessKeyOf("someRole", "secret"), "someRole"],
		["the local stack's own key", accessKeyOf(localStackKey, "secret"), localStackKey],
		["a role without the secret", "someRole", "stranger"],
		["the local stack without the secret", localStackKey, "stranger"],
		["the secret alone", ".secret", "stranger"],
		["another secret", accessKeyOf(localStackKey, "another"), "stranger"],
		["a part of the secret", accessKeyOf(localStackKey, "secre"), "stranger"],
		["nothing", "", "stranger"],
	])("is known in a run with a secret by %s", (_, key, expected) => {
		expect(callerOf(authorizationOf(key, region, "sqs"), "secret")).toBe(expected);
	});

	it("that does not sign is a stranger in a run with a secret", () => {
		expect(callerOf(undefined, "secret")).toBe("stranger");
	});

	it("without a role has no permission, and the local stack has all", () => {
		const request = () => ({ method: "POST", url: "/", target: "DynamoDB_20120810.GetItem", body: { TableName: "a" } });

		expect(deniedPermission({}, "unknown role", "dynamodb", { region, request })).toEqual({
			action: "dynamodb:GetItem",
			resource: table("a"),
		});
		expect(deniedPermission({}, localStackKey, "dynamodb", { region, request })).toBeUndefined();
	});
});
