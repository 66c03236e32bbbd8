import { account } from "../template/local-world.ts";
import { houseKey } from "./callers.ts";
import { dynamodbAsks } from "./dynamodb-asks.ts";
import { type Ask, allows, type Statement } from "./policy.ts";
import type { ArnOf, AwsRequest } from "./request.ts";
import { schedulerAsks } from "./scheduler-asks.ts";
import { sqsAsks } from "./sqs-asks.ts";

const asksOf = { dynamodb: dynamodbAsks, sqs: sqsAsks, scheduler: schedulerAsks } as const;

export type Service = keyof typeof asksOf;

/** What each role may do, by the role's name, which is its caller's access key too. */
export type Roles = Readonly<Record<string, readonly Statement[]>>;

/**
 * The first thing that a call asks and its caller may not do; nothing when the call may pass. A caller that is no role may do nothing,
 * the house itself all.
 *
 * One statement of a BatchExecuteStatement that is not allowed refuses the whole call. AWS may instead answer with an AccessDenied for
 * that statement alone: it does not say when, and here a right that is missing shall be seen.
 */
export function notAllowed(
	roles: Roles,
	caller: string,
	service: Service,
	{ region, request }: { readonly region: string; readonly request: () => AwsRequest },
): Ask | undefined {
	if (caller === houseKey) return undefined;
	const arnOf: ArnOf = (of, resource) => `arn:aws:${of}:${region}:${account}:${resource}`;
	const statements = roles[caller] ?? [];
	return asksOf[service](request(), arnOf).find((ask) => !allows(statements, ask));
}
