/** The access key of the house itself, whose owner may do all: it furnishes the engines, and tests look into them. */
export const houseKey = "local";

/**
 * Whose access key a call was signed with. The signature itself is not looked at: nobody here means to deceive. What is not signed is
 * the house's own, for the SDK signs every call.
 */
export function callerOf(authorization: string | undefined): string {
	return /Credential=([^/,\s]+)\//.exec(authorization ?? "")?.[1] ?? houseKey;
}
