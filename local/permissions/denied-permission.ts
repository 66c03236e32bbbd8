import { account } from "../template/local-references.ts";
import { localStackKey } from "./callers.ts";
import { dynamodbPermissions } from "./dynamodb-permissions.ts";
import { allows, type Permission, type Statement } from "./policy.ts";
import type { ArnOf, AwsRequest } from "./request.ts";
import { schedulerPermissions } from "./scheduler-permissions.ts";
import { sqsPermissions } from "./sqs-permissions.ts";

const permissionsOf = { dynamodb: dynamodbPermissions, sqs: sqsPermissions, scheduler: schedulerPermissions } as const;

export type AwsService = keyof typeof permissionsOf;

/** The statements of each role, by its name, which is also its caller's access key. */
export type Roles = Readonly<Record<string, readonly Statement[]>>;

/**
 * The first permission that the caller lacks; undefined if the call is allowed. A caller without a role may do nothing. One denied
 * statement of a BatchExecuteStatement refuses the whole call; AWS may refuse that statement alone.
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
