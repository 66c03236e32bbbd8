import type { Ask } from "#local/permissions/policy.ts";

/** Who calls: a role of the template by its name, or a service of AWS in its own name. */
export type Caller = { readonly role: string } | { readonly service: string };

/** What must be granted so that one call goes through. */
export type Need =
	/** By the caller's own policies, where it is a role, by those of what it calls, and by those of the key that encrypts that. */
	| { readonly kind: "call"; readonly caller: Caller; readonly ask: Ask }
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
export type Arrow = { readonly from: string; readonly to: string; readonly needs: readonly Need[] };

export const anywhere = "0.0.0.0/0";

/** A need as one line, for a failure's text. */
export function needText(need: Need): string {
	switch (need.kind) {
		case "call": {
			const caller = "role" in need.caller ? need.caller.role : need.caller.service;
			return `${caller} needs ${need.ask.action} on ${need.ask.resource}`;
		}
		case "assume":
			return `${need.service} needs to assume ${need.role}`;
		case "managed":
			return `${need.role} needs ${need.policy}`;
		case "network":
			return `${need.group} needs TCP ${need.port} ${need.way} ${need.peer}`;
	}
}
