import * as z from "zod";

/** The environment that CDK must set: every variable of the schema, as text. A missing or misspelt one does not compile. */
export type EnvOf<Schema extends z.ZodObject> = { readonly [Name in keyof z.input<Schema>]-?: string };

/** The only deployed reader of `process.env`. @throws Error naming each missing or malformed variable, never its value. */
export function readEnv<Schema extends z.ZodObject>(schema: Schema): z.output<Schema> {
	const parsed = schema.safeParse(process.env);
	if (parsed.success) return parsed.data;
	throw new Error(`environment: ${z.prettifyError(parsed.error)}`);
}
