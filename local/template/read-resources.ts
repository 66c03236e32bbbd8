import * as z from "zod";
import { metadataKeys } from "#infra/entries.ts";
import { resourcesOfType } from "./local-references.ts";
import { type References, resolve } from "./resolve.ts";
import type { Template } from "./template.ts";

export type Found<Schema extends z.ZodObject> = {
	readonly id: string;
	readonly properties: z.output<Schema>;
	/** @throws Error if the resource does not have this metadata. */
	metadata(key: keyof typeof metadataKeys): string;
};

/**
 * Parses every resource of one type. Only the schema's properties are resolved: others may refer to resources that do not exist
 * locally, such as subnets.
 */
export function readResources<Schema extends z.ZodObject>(
	template: Template,
	references: References,
	type: string,
	schema: Schema,
): readonly Found<Schema>[] {
	const wanted = Object.keys(schema.shape);
	return resourcesOfType(template, type).map(([id, resource]) => {
		const properties = Object.fromEntries(
			wanted
				.filter((name) => name in resource.Properties)
				.map((name) => [name, resolve(resource.Properties[name], references)]),
		);
		const parsed = schema.safeParse(properties);
		if (!parsed.success) throw new Error(`${type} ${id}: ${z.prettifyError(parsed.error)}`);
		const metadata = (key: keyof typeof metadataKeys) => {
			const value = resource.Metadata[metadataKeys[key]];
			if (typeof value !== "string") throw new Error(`${type} ${id} has no metadata ${metadataKeys[key]}`);
			return value;
		};
		return { id, properties: parsed.data, metadata };
	});
}
