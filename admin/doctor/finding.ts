/** What a check found. `unknown`: it could not look. */
export type Finding = {
	readonly state: "ok" | "wrong" | "unknown";
	readonly detail: string;
	/** What to do about it. */
	readonly todo?: string;
};

export const ok = (detail: string): Finding => ({ state: "ok", detail });
export const wrong = (detail: string, todo: string): Finding => ({ state: "wrong", detail, todo });
export const unknown = (detail: string, todo?: string): Finding => ({
	state: "unknown",
	detail,
	...(todo !== undefined && { todo }),
});

export type Check = { readonly name: string; readonly run: () => Promise<Finding> };
export type NamedFinding = Finding & { readonly check: string };
