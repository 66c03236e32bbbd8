import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { consumptionOf } from "#admin/plan/consumption.ts";
import { forecast } from "#admin/plan/forecast.ts";
import { type PlanRequest, planFor } from "#admin/plan/plan.ts";
import { simulate } from "#admin/plan/simulate.ts";
import { program } from "#admin/program.ts";
import { root } from "#infra/entries.ts";
import { dollarsOf } from "#shared/domain/aws-prices.ts";

const request: PlanRequest = {
	...{ messages: 2_000, urgentShare: 0.02, intakeMode: "batches", intakeSeconds: 600, scheduled: false },
	...{ binds: 2, tps: 400, window: 50, roundTripMs: 50, segments: 1, callMs: 10 },
};

/** What smsgw says to a call. */
async function said(call: string): Promise<{ readonly text: string; readonly data: Record<string, unknown> }> {
	const all: { text: string; data: unknown }[] = [];
	await program((outcome) => void all.push(outcome)).parseAsync(call.split(" "), { from: "user" });
	const [{ text, data } = expect.fail("it said nothing")] = all;
	return { text, data: data as Record<string, unknown> };
}

describe("a plan", () => {
	it("is what docs/deploy.md shows of it", async () => {
		const document = readFileSync(join(root, "docs/deploy.md"), "utf8");
		const [, call = "", shown] = /^npx smsgw (plan .*)\n```\n\n```\n([^`]*)\n```$/m.exec(document) ?? [];

		expect((await said(call)).text).toBe(shown);
	});

	it("says the same each time, as text and as JSON", async () => {
		const [first, second] = [await said("plan 3000 --urgent 10"), await said("plan 3000 --urgent 10")];

		expect(second).toEqual(first);
		expect(first.data).toMatchObject({ tasks: 1, urgent_wait_ms: { samples: 300 }, quotas: expect.any(Array) });
	});

	it.each<[string, Partial<PlanRequest>, number]>([
		["tps", {}, 400],
		["window", { window: 5 }, 200],
		["AWS calls", { callMs: 200, messages: 4_000 }, 128],
		/* A task of one core sends some 1,360 a second in batches. */
		["binds", { binds: 1, tps: 5_000, window: 1_000, urgentShare: 0, messages: 20_000 }, 1_364],
	])("says what holds it back: %s", (what, differs, perSecond) => {
		const { limitedBy, messagesPerSecond } = planFor({ ...request, ...differs });

		expect(limitedBy).toBe(what);
		expect(messagesPerSecond / perSecond).toBeCloseTo(1, 1);
	});

	it("takes as many tasks as the rate needs", () => {
		const tasksAt = (tps: number) => planFor({ ...request, binds: 16, tps, window: 200, urgentShare: 0 }).tasks;

		expect([tasksAt(100), tasksAt(1_300), tasksAt(1_400), tasksAt(10_000)]).toEqual([1, 1, 2, 8]);
	});

	it("goes on as it has settled where there is more than is simulated", () => {
		const parameters = { ...request, tps: 2, tasks: 1 };
		const volume = { messages: 3_000, urgentShare: 0, entrySize: 25 };
		const whole = simulate(
			parameters,
			Array.from({ length: 120 }, () => ({ at: 0, priority: 0, messages: 25 })),
		);

		const { drainSeconds } = forecast(parameters, volume, () => 0.5);

		expect(drainSeconds / (whole.endedMs / 1_000)).toBeCloseTo(1, 2);
	});

	it("tells which quotas it meets", () => {
		const verdicts = (differs: Partial<PlanRequest>) =>
			Object.fromEntries(planFor({ ...request, ...differs }).quotas.map(({ quota, verdict }) => [quota, verdict]));

		expect(new Set(Object.values(verdicts({})))).toEqual(new Set(["fits"]));
		expect(verdicts({ messages: 1_800_000, intakeSeconds: 60 })).toMatchObject({
			"API Gateway: requests a second": "fits",
			"DynamoDB: writes a second, new table": "beyond",
			"DynamoDB: writes a second, any table": "fits",
		});
		expect(verdicts({ messages: 540_000, intakeSeconds: 60, intakeMode: "single" })).toMatchObject({
			"API Gateway: requests a second": "near",
			"Lambda: functions running at once": "fits",
		});
	});

	it("ends by Almaty's clock, and says how much is left when it should have", async () => {
		const inTime = await said("plan 1000 --tps 100 --at 09:00 --until 18:00");
		const late = await said("plan 1000000 --tps 10 --at 09:00 --until 18:00");

		expect(inTime.data).toMatchObject({ begins_at: "09:00", ends_at: "09:00", left_at_until: 0 });
		expect(late.data).toMatchObject({ ends_at: "12:46 +1", until: "18:00" });
		expect(Number(late.data["left_at_until"])).toBeCloseTo(1_000_000 - 9 * 3_600 * 10, -4);
	});

	it("costs what its messages take, at the prices that the bench goes by", () => {
		const nothing = { writeUnits: 0, readUnits: 0, sqsCalls: 0, invocations: 0, functionSeconds: 0, apiRequests: 0 };
		const once = planFor({ ...request, urgentShare: 0 }).dollars;

		expect(dollarsOf({ ...nothing, writeUnits: 1_000_000 })).toBeCloseTo(0.625);
		expect(once).toBeCloseTo(2_000 * dollarsOf(consumptionOf("batches", 1)));
		expect(planFor({ ...request, urgentShare: 0, intakeMode: "single" }).dollars).toBeGreaterThan(1.5 * once);
		expect(planFor({ ...request, urgentShare: 0, segments: 3 }).dollars).toBeGreaterThan(once);
	});
});
