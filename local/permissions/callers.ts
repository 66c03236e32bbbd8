/** The local stack's own access key, which allows everything: it creates the resources, and tests read the engines with it. */
export const localStackKey = "local";

/** The access key that signed a call. The signature is not checked. Unsigned calls are the local stack's: the SDK signs all. */
export function callerOf(authorization: string | undefined): string {
	return /Credential=([^/,\s]+)\//.exec(authorization ?? "")?.[1] ?? localStackKey;
}
