import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { consumptionOf } from "#admin/plan/consumption.ts";
import { idleCosts, idleStage, millionCosts, totalOf } from "#admin/plan/costs.ts";
import { consumers } from "#infra/consumers.ts";
import { root } from "#infra/entries.ts";
import { pricesNotedAt } from "#shared/domain/aws-prices.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { priorityNames } from "#shared/domain/message/priorities.ts";
import { counts, measures } from "#shared/domain/metrics.ts";
import { resources, sampleStage } from "./gateway-template.ts";

const page = readFileSync(join(root, "docs/deploy.md"), "utf8");
const amount = (dollars: number) => (dollars < 10 ? dollars.toFixed(2) : dollars.toFixed(0));

describe("the costs in docs/deploy.md", () => {
	it("are those of the price table, and of its date", () => {
		expect(page).toContain(`noted on ${pricesNotedAt}`);
		for (const [line, dollars] of Object.entries(idleCosts()))
			expect(page).toContain(`| ${line} | ${amount(dollars)} |`);
		expect(page).toContain(`| **idle, in all** | **${amount(totalOf(idleCosts()))}** |`);
	});

	it("are those of a million messages, by line, in batches and one by one", () => {
		const [batches, single] = (["batches", "single"] as const).map((mode) =>
			millionCosts(consumptionOf(mode, 1), sampleStage.retentionDays),
		);

		for (const [line, dollars] of Object.entries(batches ?? {})) {
			expect(page).toContain(`| ${line} | ${amount(dollars)} | ${amount(single?.[line] ?? 0)} |`);
		}
		expect(page).toContain(
			`| **a million, in all** | **${amount(totalOf(batches ?? {}))}** | **${amount(totalOf(single ?? {}))}** |`,
		);
	});
});

describe("an idle stage", () => {
	it("has what its costs count", () => {
		const metricsOf = (alarm: Readonly<Record<string, unknown>>) =>
			((alarm["Metrics"] ?? [{ MetricStat: {} }]) as readonly { MetricStat?: object }[]).filter((one) => one.MetricStat)
				.length;
		const alarmMetrics = resources("AWS::CloudWatch::Alarm").reduce(
			(sum, [, one]) => sum + metricsOf(one.Properties),
			0,
		);
		const values = {
			operator: operators.length,
			channel: 2,
			consumer: consumers.length,
			priority: priorityNames.length,
		} as const;
		const customMetrics = [...Object.values(counts), ...Object.values(measures)].reduce(
			(sum, { dimension }) => sum + (dimension === null ? 1 : values[dimension]),
			0,
		);

		expect({ alarmMetrics, customMetrics }).toEqual({
			alarmMetrics: idleStage.alarmMetrics,
			customMetrics: idleStage.customMetrics,
		});
		expect(resources("AWS::EC2::EIP")).toHaveLength(idleStage.publicAddresses);
		expect(resources("AWS::EC2::NatGateway")).toHaveLength(idleStage.natGateways);
	});
});
