import * as z from "zod";
import { matchesWildcard } from "./wildcard.ts";

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

/** What a value in the call's context must be, by the name of the operator. */
const conditionOperators = {
	Bool: (wanted: string, value: string) => wanted === value,
	StringEquals: (wanted: string, value: string) => wanted === value,
	StringLike: matchesWildcard,
	ArnEquals: matchesWildcard,
	ArnLike: matchesWildcard,
} as const;

type ConditionOperator = keyof typeof conditionOperators;

/**
 * A statement of a policy, as much of IAM's language as this project's templates use. What else there may be, such as NotAction or another
 * operator, is refused rather than passed over.
 */
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

/** One thing that a call wants to do. A call may want several; it needs a right to each. */
export type Permission = {
	/** `dynamodb:GetItem` */
	readonly action: string;
	/** An ARN, or `*` for what concerns no single resource. */
	readonly resource: string;
	/** Values that conditions may name. */
	readonly context?: Readonly<Record<string, string>>;
};

/** Whether a role with these statements may do what is asked: some statement allows it and none denies it, as IAM has it. */
export function allows(statements: readonly Statement[], permission: Permission): boolean {
	const concerned = statements.filter((one) => concerns(one, permission));
	return concerned.some(({ Effect }) => Effect === "Allow") && concerned.every(({ Effect }) => Effect === "Allow");
}

function concerns({ Action, Resource, Condition }: Statement, { action, resource, context = {} }: Permission): boolean {
	const asked = action.toLowerCase();
	return (
		Action.some((pattern) => matchesWildcard(pattern.toLowerCase(), asked)) &&
		Resource.some((pattern) => matchesWildcard(pattern, resource)) &&
		Object.entries(Condition).every(([operator, wanted]) => holds(operator as ConditionOperator, wanted ?? {}, context))
	);
}

/** Of each key one of the values must fit; a key that the call does not have fits none. */
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
