/** The access key of the local stack itself, whose owner may do all: it creates resources in the engines, and tests look into them. */
export const localStackKey = "local";

/**
 * Whose access key a call was signed with. The signature itself is not looked at: nobody here means to deceive. What is not signed is
 * the local stack's own, for the SDK signs every call.
 */
export function callerOf(authorization: string | undefined): string {
	return /Credential=([^/,\s]+)\//.exec(authorization ?? "")?.[1] ?? localStackKey;
}
