import * as z from "zod";

/** A synthesised CloudFormation template, as much of it as the local house reads. */
export const template = z.object({
	Resources: z.record(
		z.string(),
		z.object({
			Type: z.string(),
			Properties: z.record(z.string(), z.unknown()).default({}),
			Metadata: z.record(z.string(), z.unknown()).default({}),
		}),
	),
});

export type Template = z.output<typeof template>;
export type Resource = Template["Resources"][string];
