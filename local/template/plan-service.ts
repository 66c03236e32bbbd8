import * as z from "zod";
import { roleNameIn } from "./plan-roles.ts";
import { readResources } from "./read-resources.ts";
import type { References } from "./resolve.ts";
import type { Template } from "./template.ts";

/** The SMPP service: its source file, the environment of its one container with secrets, and its role's name. */
export type ServicePlan = {
	readonly entry: string;
	readonly env: Readonly<Record<string, string>>;
	readonly role: string;
};

const container = z.object({
	Environment: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
	Secrets: z.array(z.object({ Name: z.string(), ValueFrom: z.string() })).default([]),
});

export function readService(template: Template, references: References): ServicePlan {
	const schema = z.object({ ContainerDefinitions: z.tuple([container]), TaskRoleArn: z.string() });
	const [task, ...others] = readResources(template, references, "AWS::ECS::TaskDefinition", schema);
	if (!task || others.length > 0) throw new Error("the local stack runs exactly one task definition");
	const { ContainerDefinitions, TaskRoleArn } = task.properties;
	const [{ Environment, Secrets }] = ContainerDefinitions;
	const plain = Environment.map(({ Name, Value }) => [Name, Value] as const);
	const secret = Secrets.map(({ Name, ValueFrom }) => [Name, references.secret(ValueFrom)] as const);
	const env = Object.fromEntries([...plain, ...secret]);
	return { entry: task.metadata("entry"), env, role: roleNameIn(TaskRoleArn) };
}
