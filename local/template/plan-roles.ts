import * as z from "zod";
import type { Roles } from "../permissions/denied-permission.ts";
import { policyDocument } from "../permissions/policy.ts";
import { readResources } from "./read-resources.ts";
import type { References } from "./resolve.ts";
import type { Template } from "./template.ts";

const attached = z.object({ PolicyDocument: policyDocument, Roles: z.array(z.string()).default([]) });

const role = z.object({
	Policies: z.array(z.object({ PolicyDocument: policyDocument })).default([]),
	ManagedPolicyArns: z.array(z.string()).default([]),
});

/**
 * The statements of each role, by its name: of its own policies, and of the template's policies that are attached to it. AWS's
 * managed policies are ignored: they grant nothing in the engines' services.
 */
export function readRoles(template: Template, references: References): Roles {
	const policies = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"].flatMap((type) =>
		readResources(template, references, type, attached).map(({ id, properties }) => ({
			ref: references.ref(id),
			...properties,
		})),
	);
	const found = readResources(template, references, "AWS::IAM::Role", role).map(({ id, properties }) => {
		const name = references.ref(id);
		const given = policies.filter(
			({ ref, Roles }) => Roles.includes(name) || properties.ManagedPolicyArns.includes(ref),
		);
		const all = [...properties.Policies, ...given];
		return [name, all.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)] as const;
	});
	return Object.fromEntries(found);
}

export function roleNameIn(arn: string): string {
	return arn.slice(arn.lastIndexOf("/") + 1);
}
