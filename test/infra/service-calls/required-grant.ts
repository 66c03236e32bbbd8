import type { Permission } from "#local/permissions/policy.ts";

/** Who calls: a role of the template by its name, or a service of AWS in its own name. */
export type Caller = { readonly role: string } | { readonly service: string };

/** What must be granted so that one call goes through. */
export type RequiredGrant =
	/** By the caller's own policies, where it is a role, by those of what it calls, and by those of the key that encrypts that. */
	| { readonly kind: "call"; readonly caller: Caller; readonly permission: Permission }
	/** A service may act in the name of a role. */
	| { readonly kind: "assume"; readonly service: string; readonly role: string }
	/** A role has one of AWS's own policies, which the template only names. */
	| { readonly kind: "managed"; readonly role: string; readonly policy: string }
	/** A security group lets TCP in from, or out to, another one or the world. */
	| {
			readonly kind: "network";
			readonly way: "in" | "out";
			readonly group: string;
			readonly peer: string;
			readonly port: number;
	  };

/** One thing that calls another, and all that this needs. */
export type ServiceCall = {
	readonly from: string;
	readonly to: string;
	readonly requiredGrants: readonly RequiredGrant[];
};

export const anywhere = "0.0.0.0/0";

/** A need as one line, for a failure's text. */
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
