import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Drill, functionDrills } from "./alarms/drills.ts";
import { type OpenStand, openStand } from "./alarms/stand.ts";

describe("the alarms of the running gateway", () => {
	let stand: OpenStand;

	beforeAll(async () => {
		stand = await openStand();
	});
	afterAll(async () => await stand?.stop());

	it.each(functionDrills)(
		"ring within their time, and no other does, if $title",
		{ timeout: 600_000 },
		async (drill: Drill) => {
			const rung = await stand.drill(drill);

			expect(new Set(rung)).toEqual(new Set([...drill.rings, ...(drill.ringsAfter ?? [])]));
		},
	);
});
