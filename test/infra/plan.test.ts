import { describe, expect, it } from "vitest";
import { routeKeysOf } from "#infra/api.ts";
import { localReferences } from "#local/template/local-references.ts";
import { readTables } from "#local/template/plan-stores.ts";
import {
	checkDueEnv,
	deleteMessageEnv,
	getMessageEnv,
	incomingEnv,
	laneDeadLettersEnv,
	postMessageEnv,
	receiptsEnv,
	reportsEnv,
	smppEnv,
	unknownRouteEnv,
} from "#shared/contracts/environments.ts";
import { heartbeatBody } from "#shared/contracts/queue-entries.ts";
import { routes } from "#shared/contracts/routes.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { gatewayTemplate, sampleStage } from "./gateway-template.ts";
import { samplePlan } from "./sample-plan.ts";

const plan = samplePlan();

describe("the deployment plan", () => {
	it("has every route of the API, its twin with a trailing slash (A44), and a default route", () => {
		const expected = routes.flatMap((route) =>
			routeKeysOf(route).map((key) => ({ key, functionName: `smsgw-sample-${route.entry}` })),
		);

		expect(plan.routes).toEqual(
			expect.arrayContaining([...expected, { key: "$default", functionName: "smsgw-sample-unknown-route" }]),
		);
		expect(plan.routes).toHaveLength(expected.length + 1);
		const slashTwins = plan.routes.filter(({ key }) => key.endsWith("/")).map(({ key }) => key.slice(0, -1));
		/* A greedy path includes the trailing slash. */
		const greedy = plan.routes.filter(({ key }) => key.endsWith("+}")).map(({ key }) => key);
		expect([...slashTwins, ...greedy].sort()).toEqual(
			expected
				.map(({ key }) => key)
				.filter((key) => !key.endsWith("/"))
				.sort(),
		);
	});

	it("feeds each consumer from its queue, with partial responses and bounded concurrency", () => {
		const all = plan.eventSourceMappings.map(({ queueArn, ...mapping }) => ({
			...mapping,
			queue: queueArn.split(":").at(-1),
		}));
		const eventSourceMappings = all.filter(({ functionName }) => functionName !== "smsgw-sample-lane-dead-letters");

		expect(eventSourceMappings).toEqual([
			{
				queue: "smsgw-sample-receipts",
				functionName: "smsgw-sample-receipts",
				batchSize: 10,
				concurrencyMax: 20,
				reportsItemFailures: true,
			},
			{
				queue: "smsgw-sample-reports",
				functionName: "smsgw-sample-reports",
				batchSize: 10,
				concurrencyMax: 50,
				reportsItemFailures: true,
			},
			{
				queue: "smsgw-sample-incoming",
				functionName: "smsgw-sample-incoming",
				batchSize: 10,
				concurrencyMax: 10,
				reportsItemFailures: true,
			},
			{
				queue: "smsgw-sample-due-shards",
				functionName: "smsgw-sample-check-due",
				batchSize: 1,
				concurrencyMax: 20,
				reportsItemFailures: true,
			},
		]);
	});

	it("feeds one consumer from the dead letters of every lane", () => {
		const eventSourceMappings = plan.eventSourceMappings.filter(
			({ functionName }) => functionName === "smsgw-sample-lane-dead-letters",
		);

		expect(eventSourceMappings.map(({ queueArn }) => queueArn.split(":").at(-1)).sort()).toEqual(
			lanes.map(({ name }) => `smsgw-sample-lane-${name}-dead`).sort(),
		);
		for (const mapping of eventSourceMappings)
			expect(mapping).toMatchObject({ reportsItemFailures: true, concurrencyMax: 2 });
	});

	it("has a schedule group for slots, passed to every function that parks messages", () => {
		const schedulingEnv = {
			SLOT_SCHEDULES_GROUP: "smsgw-sample-slots",
			CHECK_DUE_FUNCTION_ARN: `${plan.functions["smsgw-sample-check-due"]?.arn}:live`,
			SLOT_SCHEDULES_ROLE_ARN: expect.stringMatching(/./),
		};

		expect(plan.scheduleGroups).toEqual(["smsgw-sample-slots"]);
		expect(plan.functions["smsgw-sample-post-message"]?.env).toMatchObject(schedulingEnv);
		expect(plan.service.env).toMatchObject(schedulingEnv);
	});

	it("gives a consumer no more time than its queue's visibility timeout", () => {
		for (const { queueArn, functionName } of plan.eventSourceMappings) {
			const queue = Object.values(plan.queues).find(({ arn }) => arn === queueArn);

			expect(plan.functions[functionName]?.timeoutSeconds).toBeLessThanOrEqual(
				Number(queue?.attributes["VisibilityTimeout"]),
			);
		}
	});

	it.each([
		["post-message", postMessageEnv],
		["get-message", getMessageEnv],
		["delete-message", deleteMessageEnv],
		["lane-dead-letters", laneDeadLettersEnv],
		["unknown-route", unknownRouteEnv],
		["receipts", receiptsEnv],
		["incoming", incomingEnv],
		["reports", reportsEnv],
		["check-due", checkDueEnv],
	] as const)("gives %s an environment that its schema accepts", (entry, schema) => {
		const parsed = schema.safeParse(plan.functions[`smsgw-sample-${entry}`]?.env);

		expect(parsed.error).toBeUndefined();
	});

	it("gives the SMPP service an environment that its schema accepts, secrets included", () => {
		const parsed = smppEnv.parse(plan.service.env);

		expect(parsed.SMSCS.kcell?.host).toBe("smsc.kcell.example");
		expect(parsed.SMSC_PASSWORDS).toEqual({ kcell: "secret" });
	});

	it("has the role of each function and of the service, with the statements of its policies", () => {
		const roles = [...Object.values(plan.functions), plan.service].map(({ role }) => role);

		expect(new Set(roles).size).toBe(roles.length);
		expect(Object.keys(plan.roles)).toEqual(expect.arrayContaining(roles));
		expect(plan.roles[plan.functions["smsgw-sample-get-senders"]?.role ?? ""]).toContainEqual({
			Effect: "Allow",
			Action: ["dynamodb:UpdateItem"],
			Resource: ["arn:aws:dynamodb:eu-central-1:000000000000:table/smsgw-sample-limits"],
			Condition: {},
		});
	});

	it("generates a new message id key in every run", () => {
		const keyOf = ({ functions }: typeof plan) => functions["smsgw-sample-post-message"]?.env["MESSAGE_ID_KEY"];

		expect(keyOf(plan)).toHaveLength(64);
		expect(keyOf(samplePlan())).not.toBe(keyOf(plan));
	});

	it("sends a heartbeat to each queue that feeds a function, every five minutes", () => {
		const heartbeats = plan.schedules.filter(({ Target }) => Target.Input === heartbeatBody);

		expect(heartbeats.map(({ Target }) => Target.Arn.split(":").at(-1)).sort()).toEqual(
			["due-shards", "incoming", "receipts", "reports"].map((queue) => `smsgw-sample-${queue}`),
		);
		expect(new Set(heartbeats.map(({ ScheduleExpression }) => ScheduleExpression))).toEqual(
			new Set(["rate(5 minutes)"]),
		);
	});

	it("has no schedules but heartbeats, the sweep and the canary", () => {
		const others = plan.schedules.filter(({ Target }) => Target.Input !== heartbeatBody);

		expect(others.map(({ Name }) => Name).sort()).toEqual(["smsgw-sample-canary", "smsgw-sample-sweep"]);
	});

	it("sweeps seven minutes after each quarter of an hour in Almaty", () => {
		const sweeps = plan.schedules.filter(({ Name }) => Name === "smsgw-sample-sweep");

		expect(sweeps).toMatchObject([
			{
				ScheduleExpression: "cron(7,22,37,52 * * * ? *)",
				ScheduleExpressionTimezone: "Asia/Almaty",
				Target: {
					Arn: "arn:aws:lambda:eu-central-1:000000000000:function:smsgw-sample-check-due:live",
					Input: '{"sweep":true}',
				},
			},
		]);
	});

	it("has an index of keys, and refuses one of other attributes", () => {
		const tablesWith = (ProjectionType: string) => {
			const template = structuredClone(gatewayTemplate);
			const [table] = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::DynamoDB::Table");
			const KeySchema = [{ AttributeName: "day", KeyType: "HASH" }];
			Object.assign(table?.Properties ?? {}, {
				GlobalSecondaryIndexes: [{ IndexName: "by-day", KeySchema, Projection: { ProjectionType } }],
			});
			const references = { region: sampleStage.region, sqsUrl: "http://unused", secrets: new Map() };
			return Object.values(readTables(template, localReferences(template, references)));
		};

		const indexes = tablesWith("KEYS_ONLY").flatMap((table) => table.indexes.map((index) => index.IndexName));
		expect(indexes).toContain("by-day");
		expect(() => tablesWith("ALL")).toThrow(/indexes of keys only/);
	});
});
