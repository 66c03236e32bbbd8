import * as z from "zod";
import { matchesWildcard } from "./wildcard.ts";

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const conditionOperators = {
	Bool: (wanted: string, value: string) => wanted === value,
	StringEquals: (wanted: string, value: string) => wanted === value,
	StringLike: matchesWildcard,
	ArnEquals: matchesWildcard,
	ArnLike: matchesWildcard,
} as const;

type ConditionOperator = keyof typeof conditionOperators;

/** A policy statement, in the part of IAM's language that our templates use. Anything else, such as NotAction, is refused. */
export const statement = z.strictObject({
	Sid: z.string().optional(),
	Effect: z.enum(["Allow", "Deny"]),
	Action: texts,
	Resource: texts,
	Condition: z
		.partialRecord(
			z.enum(Object.keys(conditionOperators) as [ConditionOperator, ...ConditionOperator[]]),
			z.record(z.string(), texts),
		)
		.default({}),
});

export const policyDocument = z.object({ Statement: z.array(statement) });

export type Statement = z.output<typeof statement>;

export type Permission = {
	/** `dynamodb:GetItem` */
	readonly action: string;
	/** An ARN, or `*` for no single resource. */
	readonly resource: string;
	readonly context?: Readonly<Record<string, string>>;
};

/** Whether the statements grant a permission: as in IAM, one must allow it and none may deny it. */
export function allows(statements: readonly Statement[], permission: Permission): boolean {
	const matching = statements.filter((one) => matches(one, permission));
	return matching.some(({ Effect }) => Effect === "Allow") && matching.every(({ Effect }) => Effect === "Allow");
}

function matches({ Action, Resource, Condition }: Statement, { action, resource, context = {} }: Permission): boolean {
	const asked = action.toLowerCase();
	return (
		Action.some((pattern) => matchesWildcard(pattern.toLowerCase(), asked)) &&
		Resource.some((pattern) => matchesWildcard(pattern, resource)) &&
		Object.entries(Condition).every(([operator, wanted]) => holds(operator as ConditionOperator, wanted ?? {}, context))
	);
}

/** For each key, one of the values must match. A key that the call does not have never matches. */
function holds(
	operator: ConditionOperator,
	wanted: Readonly<Record<string, readonly string[]>>,
	context: Readonly<Record<string, string>>,
): boolean {
	return Object.entries(wanted).every(([key, values]) => {
		const value = context[key];
		return value !== undefined && values.some((one) => conditionOperators[operator](one, value));
	});
}
