import * as z from "zod";

/** The parts of a CloudFormation template that the local stack reads. */
export const template = z.object({
	Resources: z.record(
		z.string(),
		z.object({
			Type: z.string(),
			Properties: z.record(z.string(), z.unknown()).default({}),
			Metadata: z.record(z.string(), z.unknown()).default({}),
		}),
	),
	Outputs: z
		.record(
			z.string(),
			z.object({
				Value: z.unknown(),
				Description: z.string().optional(),
				Export: z.object({ Name: z.string() }).optional(),
			}),
		)
		.default({}),
});

export type Template = z.output<typeof template>;
export type Resource = Template["Resources"][string];

/** Merges the templates of several stacks. @throws Error if two of them share a name. */
export function merged(templates: readonly Template[]): Template {
	return { Resources: union(templates, "Resources"), Outputs: union(templates, "Outputs") };
}

function union<Section extends keyof Template>(templates: readonly Template[], section: Section): Template[Section] {
	const all = templates.flatMap((one) => Object.entries(one[section]));
	const names = new Set<string>();
	for (const [name] of all) {
		if (names.has(name)) throw new Error(`two stacks have ${name} in ${section}`);
		names.add(name);
	}
	return Object.fromEntries(all) as Template[Section];
}

export function exportsOf({ Outputs }: Template): ReadonlyMap<string, unknown> {
	const exported = Object.values(Outputs).map(({ Export, Value }) => (Export ? [[Export.Name, Value] as const] : []));
	return new Map(exported.flat());
}
