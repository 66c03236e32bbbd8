import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AlarmArticle, alarmTexts } from "#infra/alarms.ts";
import { type Drill, functionDrills, operatorDrills, taskDrills, undrilled } from "./alarms/drills.ts";
import { type OpenStand, openStand } from "./alarms/stand.ts";

/** The alarms of the template, by the metrics that the running gateway writes. At night, other faults follow. */
describe("the alarms of the running gateway", () => {
	let stand: OpenStand;

	beforeAll(async () => {
		stand = await openStand();
	});
	afterAll(async () => await stand?.stop());

	it("are silent while all is well", async () => {
		await stand.minutes(6);

		expect(stand.observed.rings).toEqual([]);
	});

	it.each(taskDrills)("ring within their time, and no other does, if $title", async (drill: Drill) => {
		const rung = await stand.drill(drill);

		expect(new Set(rung)).toEqual(new Set(drill.rings));
	});

	it("all ring in some drill, here or at night, but for those with a reason", () => {
		const articles = Object.keys(alarmTexts) as AlarmArticle[];
		const rung = [...taskDrills, ...operatorDrills, ...functionDrills].flatMap((drill) => [
			...drill.rings,
			...(drill.ringsAfter ?? []),
		]);
		const drilled = articles.filter((article) =>
			rung.some((name) => name === article || name.startsWith(`${article}-`)),
		);

		expect([...drilled, ...Object.keys(undrilled)].sort()).toEqual(articles.sort());
	});
});
