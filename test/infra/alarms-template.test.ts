import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { alarmTexts } from "#infra/alarms.ts";
import { root } from "#infra/entries.ts";
import { lanes } from "#shared/domain/lanes.ts";
import { operators } from "#shared/domain/operators.ts";
import { referencesIn, resources, sampleStage } from "./gateway-template.ts";

const alarms = resources("AWS::CloudWatch::Alarm").filter(([id]) => id.startsWith("watch"));
const runbook = readFileSync(join(root, "docs/runbook.md"), "utf8");
const articles = new Map(
	runbook
		.split(/^## /m)
		.slice(1)
		.map((article) => [article.slice(0, article.indexOf("\n")), article] as const),
);
const anchorOf = (description: unknown) => /docs\/runbook\.md#([a-z-]+)$/.exec(String(description))?.[1] ?? "none";

describe("the alarms of the template", () => {
	it("lead to an article of the runbook each, and every article is led to", () => {
		const anchors = alarms.map(([, { Properties }]) => anchorOf(Properties["AlarmDescription"]));

		expect([...new Set(anchors)].sort()).toEqual([...articles.keys()].sort());
		expect([...articles.keys()].sort()).toEqual(Object.keys(alarmTexts).sort());
	});

	it.each([...articles])("%s says what it means, how to look and what to do", (_, article) => {
		expect(article.match(/^\*\*(What it means|Look|Do)\.\*\*/gm)).toEqual([
			"**What it means.**",
			"**Look.**",
			"**Do.**",
		]);
	});

	it("wake the stage's alarm address, and nobody else", () => {
		const [[topic] = []] = resources("AWS::SNS::Topic");
		const told = alarms.map(([, { Properties }]) => referencesIn(Properties["AlarmActions"]));

		expect(resources("AWS::SNS::Subscription").map(([, { Properties }]) => Properties["Endpoint"])).toEqual([
			sampleStage.alarmAddress,
		]);
		expect(told).toEqual(alarms.map(() => [topic]));
	});

	it("look at ten metrics at most, as CloudWatch takes them", () => {
		const sizes = resources("AWS::CloudWatch::Alarm").map(
			([, { Properties }]) =>
				((Properties["Metrics"] ?? []) as { MetricStat?: object }[]).filter((one) => one.MetricStat).length,
		);

		expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
	});

	it("see every dead letter, every lane and every operator", () => {
		const text = JSON.stringify(alarms.map(([, { Properties }]) => Properties));
		const dead = resources("AWS::SQS::Queue")
			.map(([, { Properties }]) => String(Properties["QueueName"]))
			.filter((name) => name.endsWith("-dead"));

		expect(dead.filter((name) => !text.includes(`"${name}"`))).toEqual([]);
		expect(lanes.filter(({ name }) => !text.includes(`"smsgw-sample-lane-${name}"`))).toEqual([]);
		for (const operator of operators) expect(text).toContain(`{"Name":"operator","Value":"${operator}"}`);
	});
});
