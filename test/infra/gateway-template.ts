import { entries } from "#infra/entries.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { exportsOf, type Resource, type Template } from "#local/template/template.ts";
import { sampleStage } from "./sample-stage.ts";

export { sampleStage };

/** The sample stage's templates, merged into one. */
export const gatewayTemplate: Template = synthesise(sampleStage, entries);

export function resources(type: string): readonly (readonly [string, Resource])[] {
	return Object.entries(gatewayTemplate.Resources).filter(([, resource]) => resource.Type === type);
}

const exported = exportsOf(gatewayTemplate);

/** The logical ids that a template value refers to, at any depth, in its own stack or another. */
export function referencesIn(value: unknown): readonly string[] {
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => {
		if (key === "Ref") return [String(inner)];
		if (key === "Fn::GetAtt") return [String(inner[0])];
		if (key === "Fn::ImportValue") return referencesIn(exported.get(String(inner)));
		return referencesIn(inner);
	});
}
