import * as z from "zod";
import { readResources } from "./read-resources.ts";
import type { World } from "./resolve.ts";
import type { Template } from "./template.ts";

/** The long-running service: its source file, and the environment of its one container, secrets included. */
export type Service = { readonly entry: string; readonly env: Readonly<Record<string, string>> };

const container = z.object({
	Environment: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
	Secrets: z.array(z.object({ Name: z.string(), ValueFrom: z.string() })).default([]),
});

export function readService(template: Template, world: World): Service {
	const schema = z.object({ ContainerDefinitions: z.tuple([container]) });
	const [task, ...others] = readResources(template, world, "AWS::ECS::TaskDefinition", schema);
	if (!task || others.length > 0) throw new Error("the local house runs exactly one task definition");
	const [{ Environment, Secrets }] = task.properties.ContainerDefinitions;
	const plain = Environment.map(({ Name, Value }) => [Name, Value] as const);
	const secret = Secrets.map(({ Name, ValueFrom }) => [Name, world.secret(ValueFrom)] as const);
	return { entry: task.metadata("entry"), env: Object.fromEntries([...plain, ...secret]) };
}
