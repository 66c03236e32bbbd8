import { isDeepStrictEqual } from "node:util";

/** A statement of a resource's policy, as a template has it. */
export type PolicyStatement = {
	readonly Effect: "Allow" | "Deny";
	readonly Principal: "*" | { readonly AWS?: unknown; readonly Service?: string | readonly string[] };
	readonly Action: string | readonly string[];
	readonly Resource: unknown;
	readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** What a service asks of a resource in its own name. The context holds values as a template writes them. */
export type ServiceRequest = {
	readonly service: string;
	readonly action: string;
	readonly resource: unknown;
	readonly context: Readonly<Record<string, unknown>>;
};

/** What a resource's policy says of a service's request. A service has no rights but these: "unmentioned" is refused as well. */
export function policyVerdict(
	statements: readonly PolicyStatement[],
	request: ServiceRequest,
): "allowed" | "denied" | "unmentioned" {
	const meant = statements.filter((statement) => concerns(statement, request));
	if (meant.some(({ Effect }) => Effect === "Deny")) return "denied";
	return meant.some(({ Effect }) => Effect === "Allow") ? "allowed" : "unmentioned";
}

function concerns(statement: PolicyStatement, { service, action, resource, context }: ServiceRequest): boolean {
	const { Principal, Action, Resource, Condition = {} } = statement;
	const isMeant = isAnybody(Principal) || [(Principal as { Service?: string }).Service].flat().includes(service);
	const isAsked = [Action].flat().some((one) => matches(one, action));
	const isThere = [Resource].flat().some((one) => one === "*" || isDeepStrictEqual(one, resource));
	return isMeant && isAsked && isThere && Object.entries(Condition).every((condition) => holds(condition, context));
}

function isAnybody(principal: PolicyStatement["Principal"]): boolean {
	return principal === "*" || [principal.AWS].flat().includes("*");
}

function matches(pattern: string, action: string): boolean {
	const [wanted, asked] = [pattern.toLowerCase(), action.toLowerCase()];
	return wanted.endsWith("*") ? asked.startsWith(wanted.slice(0, -1)) : wanted === asked;
}

/** @throws Error on an operator that is not known here: what cannot be judged is not passed over. */
function holds(
	[operator, keys]: readonly [string, Readonly<Record<string, unknown>>],
	context: ServiceRequest["context"],
): boolean {
	if (operator !== "Bool" && operator !== "StringEquals") throw new Error(`condition ${operator} is not known`);
	return Object.entries(keys).every(([key, wanted]) =>
		[wanted].flat().some((one) => key in context && isDeepStrictEqual(one, context[key])),
	);
}
