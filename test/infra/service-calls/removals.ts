import type { Resource, Template } from "#local/template/template.ts";

/** A template without one of its grants. */
export type Removal = { readonly what: string; readonly template: Template };

type Statement = { readonly Effect: string; readonly Action: unknown; readonly Resource?: unknown };
type Edited = readonly [what: string, Properties: Resource["Properties"] | null];

/**
 * The template without each of its grants, one at a time: an action or resource of a statement, a permission, a managed
 * policy, a rule.
 */
export function removalsOf(template: Template): readonly Removal[] {
	return Object.entries(template.Resources).flatMap(([id, resource]) =>
		edits(resource).map(([what, Properties]) => {
			const { [id]: _, ...others } = template.Resources;
			const Resources = Properties === null ? others : { ...others, [id]: { ...resource, Properties } };
			return { what: `${id}: ${what}`, template: { ...template, Resources } };
		}),
	);
}

const whole = ["AWS::Lambda::Permission", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"];

function edits({ Type, Properties }: Resource): readonly Edited[] {
	if (whole.includes(Type)) return [["all of it", null]];
	switch (Type) {
		case "AWS::IAM::Policy":
		case "AWS::SNS::TopicPolicy":
		case "AWS::SQS::QueuePolicy":
			return withoutParts(Properties, "PolicyDocument");
		case "AWS::KMS::Key":
			return withoutParts(Properties, "KeyPolicy");
		case "AWS::IAM::Role":
			return [...withoutParts(Properties, "AssumeRolePolicyDocument"), ...withoutEach(Properties, "ManagedPolicyArns")];
		case "AWS::EC2::SecurityGroup":
			return [...withoutEach(Properties, "SecurityGroupIngress"), ...withoutEach(Properties, "SecurityGroupEgress")];
		default:
			return [];
	}
}

function withoutEach(properties: Resource["Properties"], name: string): readonly Edited[] {
	const all = (properties[name] ?? []) as readonly unknown[];
	return all.map((one, index) => [
		`${name} ${JSON.stringify(one)}`,
		{ ...properties, [name]: all.toSpliced(index, 1) },
	]);
}

/** Only Allow statements: a Deny is not a grant. */
function withoutParts(properties: Resource["Properties"], name: string): readonly Edited[] {
	const { Statement = [] } = (properties[name] ?? {}) as { readonly Statement?: readonly Statement[] };
	const edited = (place: number, instead: readonly Statement[]) => ({
		...properties,
		[name]: { ...(properties[name] as object), Statement: Statement.toSpliced(place, 1, ...instead) },
	});
	return Statement.flatMap((one, place): readonly Edited[] => {
		if (one.Effect !== "Allow") return [];
		return (["Action", "Resource"] as const).flatMap((key): readonly Edited[] => {
			const all = [one[key] ?? []].flat() as readonly unknown[];
			/* The only resource of a statement is removed with each of its actions. */
			if (key === "Resource" && all.length < 2) return [];
			return all.map((part, index) => {
				const rest = all.toSpliced(index, 1);
				const left = rest.length === 0 ? [] : [{ ...one, [key]: rest }];
				return [
					`${textOf(key === "Action" ? part : one.Action)} on ${textOf(key === "Action" ? one.Resource : part)}`,
					edited(place, left),
				];
			});
		});
	});
}

function textOf(value: unknown): string {
	return typeof value === "string" ? value : JSON.stringify(value ?? "the role");
}
