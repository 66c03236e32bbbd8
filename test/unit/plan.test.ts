import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { consumptionOf } from "#admin/plan/consumption.ts";
import { type PlanRequest, planFor } from "#admin/plan/plan.ts";
import { program } from "#admin/program.ts";
import { root } from "#infra/entries.ts";
import { dollarsOf } from "#shared/domain/aws-prices.ts";

const request: PlanRequest = {
	...{ messages: 2_000, urgentShare: 0.02, intakeMode: "batches", intakeSeconds: 600, scheduled: false },
	...{ binds: 2, tps: 400, window: 50, roundTripMs: 50, segments: 1, callMs: 10 },
	...{ accounts: 1, outageSeconds: 0, webhookMs: 100 },
};

/** Runs smsgw and returns its output. */
async function outputOf(call: string): Promise<{ readonly text: string; readonly data: Record<string, unknown> }> {
	const all: { text: string; data: unknown }[] = [];
	await program((outcome) => void all.push(outcome)).parseAsync(call.split(" "), { from: "user" });
	const [{ text, data } = expect.fail("no output")] = all;
	return { text, data: data as Record<string, unknown> };
}

describe("a plan", () => {
	it("is printed as docs/deploy.md shows it", async () => {
		const document = readFileSync(join(root, "docs/deploy.md"), "utf8");
		const [, call = "", shown] = /^\.\/smsgw (plan .*)\n```\n\n```\n([^`]*)\n```$/m.exec(document) ?? [];

		expect((await outputOf(call)).text).toBe(shown);
	});

	it("says what breaks first for the loads in docs/deploy.md", async () => {
		const document = readFileSync(join(root, "docs/deploy.md"), "utf8");
		const rows = [...document.matchAll(/^\| `\.\/smsgw (plan [^`]+)` \| ([^|]+) \| ([^|]+) \|$/gm)];

		expect(rows).toHaveLength(4);
		for (const [, call = "", drainsIn, breaksFirst] of rows) {
			expect((await outputOf(call)).data).toMatchObject({ drains_in: drainsIn, breaks_first: breaksFirst });
		}
	});

	it.each<[string, Partial<PlanRequest>, string]>([
		["many accounts", { accounts: 1_300 }, "percent of a function's core that checks passwords"],
		["slow webhooks", { messages: 400_000, accounts: 200, webhookMs: 5_000 }, "functions that post reports at once"],
		["an outage", { outageSeconds: 30 * 3_600 }, "hours to the last submit; a message expires after 24"],
		["many sessions on one task", { accounts: 1_150 }, "clients' SMPP sessions of one task"],
		["a flood", { messages: 1_800_000, intakeSeconds: 60 }, "DynamoDB write units a second of one new table"],
	])("warns of %s", (_, differs, limit) => {
		const row = planFor({ ...request, ...differs }).quotas.find(({ quota }) => quota === limit);

		expect(row?.verdict).toBe("beyond");
	});

	it("is the same each time, as text and as JSON", async () => {
		const [first, second] = [await outputOf("plan 3000 --urgent 10"), await outputOf("plan 3000 --urgent 10")];

		expect(second).toEqual(first);
		expect(first.data).toMatchObject({
			tasks: 1,
			urgent_wait_ms: { p50: 26, p99: expect.any(Number) },
			quotas: expect.any(Array),
		});
	});

	it.each<[string, Partial<PlanRequest>, number]>([
		["tps", {}, 400],
		["window", { window: 5 }, 200],
		["AWS calls", { callMs: 200, messages: 4_000 }, 128],
		/* A task of one core sends about 1,360 messages a second in batches. */
		["binds", { binds: 1, tps: 5_000, window: 1_000, urgentShare: 0, messages: 20_000 }, 1_364],
	])("names what limits it: %s", (what, differs, perSecond) => {
		const { limitedBy, messagesPerSecond } = planFor({ ...request, ...differs });

		expect(limitedBy).toBe(what);
		expect(messagesPerSecond / perSecond).toBeCloseTo(1, 1);
	});

	it("needs as many tasks as the rate requires", () => {
		const tasksAt = (tps: number) => planFor({ ...request, binds: 16, tps, window: 200, urgentShare: 0 }).tasks;

		expect([tasksAt(100), tasksAt(1_300), tasksAt(1_400), tasksAt(10_000)]).toEqual([1, 1, 2, 8]);
	});

	it("compares its demand with the quotas of AWS", () => {
		const verdicts = (differs: Partial<PlanRequest>) =>
			Object.fromEntries(planFor({ ...request, ...differs }).quotas.map(({ quota, verdict }) => [quota, verdict]));

		expect(new Set(Object.values(verdicts({})))).toEqual(new Set(["fits"]));
		expect(verdicts({ messages: 1_800_000, intakeSeconds: 60 })).toMatchObject({
			"API Gateway requests a second": "fits",
			"DynamoDB write units a second of one new table": "beyond",
			"DynamoDB write units a second of one table": "fits",
		});
		expect(verdicts({ messages: 540_000, intakeSeconds: 60, intakeMode: "single" })).toMatchObject({
			"API Gateway requests a second": "near",
			"Lambda functions running at once": "fits",
		});
	});

	it("ends by Almaty's clock, and counts the messages left at --until", async () => {
		const inTime = await outputOf("plan 1000 --tps 100 --at 09:00 --until 18:00");
		const late = await outputOf("plan 1000000 --tps 10 --at 09:00 --until 18:00");

		expect(inTime.data).toMatchObject({ begins_at: "09:00", ends_at: "09:00", left_at_until: 0 });
		expect(late.data).toMatchObject({ ends_at: "12:46 +1", until: "18:00" });
		expect(Number(late.data["left_at_until"])).toBeCloseTo(1_000_000 - 9 * 3_600 * 10, -4);
	});

	it("costs the consumption of its messages, at the prices that the benchmark uses", () => {
		const nothing = { writeUnits: 0, readUnits: 0, sqsCalls: 0, invocations: 0, functionSeconds: 0, apiRequests: 0 };
		const once = planFor({ ...request, urgentShare: 0 }).dollars;

		expect(dollarsOf({ ...nothing, writeUnits: 1_000_000 })).toBeCloseTo(0.7625);
		expect(once).toBeCloseTo(2_000 * dollarsOf(consumptionOf("batches", 1)));
		expect(planFor({ ...request, urgentShare: 0, intakeMode: "single" }).dollars).toBeGreaterThan(1.5 * once);
		expect(planFor({ ...request, urgentShare: 0, segments: 3 }).dollars).toBeGreaterThan(once);
	});
});
