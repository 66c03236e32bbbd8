import { describe, expect, it } from "vitest";
import { readStage } from "#infra/stage.ts";
import { sampleStage } from "./gateway-template.ts";

const saidOf = (changes: object): string => {
	try {
		const given = Object.entries({ ...sampleStage, ...changes }).filter(([, value]) => value !== undefined);
		readStage(Object.fromEntries(given) as typeof sampleStage);
		return "nothing";
	} catch (error) {
		return (error as Error).message;
	}
};

describe("a stage that is wrong", () => {
	it.each<[string, object]>([
		[
			"operators.kcell.port: ",
			{ operators: { ...sampleStage.operators, kcell: { host: "h", port: 0, system_id: "s" } } },
		],
		["operators: must hold each of beeline, kcell, altel, tele2", { operators: {} }],
		["certificateArn: is needed where publicUrl is https", { certificateArn: undefined }],
		["certificateArn: must be of a certificate in eu-west-1", { region: "eu-west-1" }],
		["alarmAddress: is needed where publicUrl is https", { alarmAddress: undefined }],
		["region: must be a region, such as eu-central-1", { region: "Frankfurt" }],
		["sizes.tasks: ", { sizes: { tasks: 0 } }],
	])("is told in one line that names it and the field: %s", (field, changes) => {
		const said = saidOf(changes);

		expect(said).toContain("stage sample: ");
		expect(said).toContain(field);
		expect(said).not.toContain("\n");
	});

	it("is the only one that is told of", () => {
		expect(saidOf({})).toBe("nothing");
	});
});
