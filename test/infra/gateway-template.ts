import { entries } from "#infra/entries.ts";
import type { Stage } from "#infra/stage.ts";
import { stages } from "#infra/stages.ts";
import { synthesise } from "#local/template/synthesise.ts";
import type { Resource, Template } from "#local/template/template.ts";

const [sample] = stages as readonly [Stage, ...Stage[]];
export const sampleStage: Stage = sample;

/** The sample stage's template, as it is deployed. */
export const gatewayTemplate: Template = synthesise(sampleStage, entries);

/** Its resources of one type, by logical id. */
export function resources(type: string): readonly (readonly [string, Resource])[] {
	return Object.entries(gatewayTemplate.Resources).filter(([, resource]) => resource.Type === type);
}

/** Of a value in a template, the logical ids that it refers to, however deep. */
export function referencesIn(value: unknown): readonly string[] {
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => {
		if (key === "Ref") return [String(inner)];
		if (key === "Fn::GetAtt") return [String(inner[0])];
		return referencesIn(inner);
	});
}
