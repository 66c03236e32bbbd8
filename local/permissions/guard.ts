import type { HttpAnswer } from "../wire/http-server.ts";
import { accessDenied } from "./access-denied.ts";
import { callerOf } from "./callers.ts";
import { type AwsService, deniedPermission, type Roles } from "./denied-permission.ts";
import type { Permission } from "./policy.ts";
import type { AwsRequest } from "./request.ts";

export type GuardOptions = {
	readonly service: AwsService;
	readonly region: string;
	/** Read for each call: the template is read after the engines have started. */
	readonly roles: () => Roles;
	/** The end of all access keys of this run. */
	readonly secret?: string | undefined;
	readonly onDenied: (caller: string, permission: Permission) => void;
};

/** The refusal of a call that the caller's role does not allow. The caller is known by the access key that signed the call. */
export type Guard = (authorization: string | undefined, request: () => AwsRequest) => HttpAnswer | undefined;

export function guardOf({ service, region, roles, secret, onDenied }: GuardOptions): Guard {
	return (authorization, request) => {
		const caller = callerOf(authorization, secret);
		const denied = deniedPermission(roles(), caller, service, { region, request });
		if (denied === undefined) return undefined;
		onDenied(caller, denied);
		return accessDenied(service, caller, denied);
	};
}
