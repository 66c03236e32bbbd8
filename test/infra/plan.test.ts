import { describe, expect, it } from "vitest";
import { routeKeysOf } from "#infra/api.ts";
import {
	getMessageEnv,
	lookEnv,
	postMessageEnv,
	receiptsEnv,
	reportsEnv,
	smppEnv,
	unknownRouteEnv,
} from "#shared/contracts/environments.ts";
import { routes } from "#shared/contracts/routes.ts";
import { samplePlan } from "./sample-plan.ts";

const plan = samplePlan();

describe("the plan that is read from the template", () => {
	it("has every route of the contract, each with its twin that ends in a slash (A44), and one for the rest", () => {
		const expected = routes.flatMap((route) =>
			routeKeysOf(route).map((key) => ({ key, functionName: `smsgw-sample-${route.entry}` })),
		);

		expect(plan.routes).toEqual(
			expect.arrayContaining([...expected, { key: "$default", functionName: "smsgw-sample-unknown-route" }]),
		);
		expect(plan.routes).toHaveLength(expected.length + 1);
		expect(plan.routes.filter(({ key }) => key.endsWith("/"))).toHaveLength(routes.length);
	});

	it("feeds each consumer from its queue, with partial responses and a bound", () => {
		const feeds = plan.feeds.map(({ queueArn, ...feed }) => ({ ...feed, queue: queueArn.split(":").at(-1) }));

		expect(feeds).toEqual([
			{
				queue: "smsgw-sample-receipts",
				functionName: "smsgw-sample-receipts",
				batchSize: 10,
				concurrencyMax: 20,
				partial: true,
			},
			{
				queue: "smsgw-sample-reports",
				functionName: "smsgw-sample-reports",
				batchSize: 10,
				concurrencyMax: 50,
				partial: true,
			},
			{
				queue: "smsgw-sample-looks",
				functionName: "smsgw-sample-look",
				batchSize: 1,
				concurrencyMax: 20,
				partial: true,
			},
		]);
	});

	it("gives a consumer no more time than its queue hides a batch for", () => {
		for (const { queueArn, functionName } of plan.feeds) {
			const queue = Object.values(plan.queues).find(({ arn }) => arn === queueArn);

			expect(plan.functions[functionName]?.timeoutSeconds).toBeLessThanOrEqual(
				Number(queue?.attributes["VisibilityTimeout"]),
			);
		}
	});

	it.each([
		["post-message", postMessageEnv],
		["get-message", getMessageEnv],
		["unknown-route", unknownRouteEnv],
		["receipts", receiptsEnv],
		["reports", reportsEnv],
		["look", lookEnv],
	] as const)("gives %s an environment that it can read", (entry, schema) => {
		const parsed = schema.safeParse(plan.functions[`smsgw-sample-${entry}`]?.env);

		expect(parsed.error).toBeUndefined();
	});

	it("gives the SMPP service an environment that it can read, secrets included", () => {
		const parsed = smppEnv.parse(plan.service.env);

		expect(parsed.SMSCS.kcell?.host).toBe("smsc.kcell.example");
		expect(parsed.SMSC_PASSWORDS).toEqual({ kcell: "secret" });
	});

	it("draws another key of the message ids in every run", () => {
		const keyOf = ({ functions }: typeof plan) => functions["smsgw-sample-post-message"]?.env["MESSAGE_ID_KEY"];

		expect(keyOf(plan)).toHaveLength(64);
		expect(keyOf(samplePlan())).not.toBe(keyOf(plan));
	});

	it("sweeps seven minutes after each quarter in Almaty", () => {
		expect(plan.schedules).toMatchObject([
			{
				ScheduleExpression: "cron(7,22,37,52 * * * ? *)",
				ScheduleExpressionTimezone: "Asia/Almaty",
				Target: { Arn: "arn:aws:lambda:eu-central-1:000000000000:function:smsgw-sample-look", Input: '{"sweep":true}' },
			},
		]);
	});
});
