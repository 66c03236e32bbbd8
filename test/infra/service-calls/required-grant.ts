import type { Permission } from "#local/permissions/policy.ts";

/** The caller: a role of the template by its name, or an AWS service in its own name. */
export type Caller = { readonly role: string } | { readonly service: string };

/** What must be granted so that one call succeeds. */
export type RequiredGrant =
	/**
	 * By the caller's policies if it is a role, by those of the called resource, and by those of its encryption key.
	 */
	| { readonly kind: "call"; readonly caller: Caller; readonly permission: Permission }
	/** A service may assume a role. */
	| { readonly kind: "assume"; readonly service: string; readonly role: string }
	/** A role has an AWS managed policy, which the template only names. */
	| { readonly kind: "managed"; readonly role: string; readonly policy: string }
	/** A security group allows TCP from or to another group or any address. */
	| {
			readonly kind: "network";
			readonly way: "in" | "out";
			readonly group: string;
			readonly peer: string;
			readonly port: number;
	  };

/** A call from one thing to another, and the grants that it needs. */
export type ServiceCall = {
	readonly from: string;
	readonly to: string;
	readonly requiredGrants: readonly RequiredGrant[];
};

export const anywhere = "0.0.0.0/0";

/** A required grant as one line of a failure's text. */
export function requiredGrantText(required: RequiredGrant): string {
	switch (required.kind) {
		case "call": {
			const caller = "role" in required.caller ? required.caller.role : required.caller.service;
			return `${caller} needs ${required.permission.action} on ${required.permission.resource}`;
		}
		case "assume":
			return `${required.service} needs to assume ${required.role}`;
		case "managed":
			return `${required.role} needs ${required.policy}`;
		case "network":
			return `${required.group} needs TCP ${required.port} ${required.way} ${required.peer}`;
	}
}
