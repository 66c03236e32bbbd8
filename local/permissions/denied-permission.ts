import { account } from "../template/local-references.ts";
import { localStackKey } from "./callers.ts";
import { dynamodbPermissions } from "./dynamodb-permissions.ts";
import { allows, type Permission, type Statement } from "./policy.ts";
import type { ArnOf, AwsRequest } from "./request.ts";
import { schedulerPermissions } from "./scheduler-permissions.ts";
import { sqsPermissions } from "./sqs-permissions.ts";

const permissionsOf = { dynamodb: dynamodbPermissions, sqs: sqsPermissions, scheduler: schedulerPermissions } as const;

export type AwsService = keyof typeof permissionsOf;

/** What each role may do, by the role's name, which is its caller's access key too. */
export type Roles = Readonly<Record<string, readonly Statement[]>>;

/**
 * The first thing that a call asks and its caller may not do; nothing when the call may pass. A caller that is no role may do nothing,
 * the local stack itself all.
 *
 * One statement of a BatchExecuteStatement that is not allowed refuses the whole call. AWS may instead answer with an AccessDenied for
 * that statement alone: it does not say when, and here a right that is missing shall be seen.
 */
export function deniedPermission(
	roles: Roles,
	caller: string,
	service: AwsService,
	{ region, request }: { readonly region: string; readonly request: () => AwsRequest },
): Permission | undefined {
	if (caller === localStackKey) return undefined;
	const arnOf: ArnOf = (of, resource) => `arn:aws:${of}:${region}:${account}:${resource}`;
	const statements = roles[caller] ?? [];
	return permissionsOf[service](request(), arnOf).find((permission) => !allows(statements, permission));
}
