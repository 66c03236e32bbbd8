import type { Credential } from "./account.ts";

/** In the order in which they were added. An account has two while one replaces the other. */
const passwordsMax = 2;
export function validAt(credentials: readonly Credential[], at: number): readonly Credential[] {
	return credentials.filter(({ until }) => until === undefined || at < until);
}

/**
 * Adds a password; null if the account has two valid ones, of which one must be removed first. Adding the same again
 * changes nothing.
 * @param oldUntil when the old one expires; null: never.
 */
export function withNewPassword(
	credentials: readonly Credential[],
	fresh: Credential,
	at: number,
	oldUntil: number | null,
): readonly Credential[] | null {
	if (credentials.some(({ salt }) => salt === fresh.salt)) return credentials;
	const old = validAt(credentials, at);
	if (old.length >= passwordsMax) return null;
	const ending =
		oldUntil === null ? old : old.map((one) => ({ ...one, until: Math.min(oldUntil, one.until ?? oldUntil) }));
	return [...validAt(ending, at), fresh];
}

export function newestOnly(credentials: readonly Credential[]): readonly Credential[] {
	return credentials.slice(-1);
}

/** The limit of SMPP (5.2.2). */
const smppCharacters = 8;
const characters = 32;
/** Without characters that look alike. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/**
 * A random password.
 * @param forSmpp whether it must fit into a bind.
 * @param chance returns a random integer below its argument.
 */
export function generatePassword(forSmpp: boolean, chance: (below: number) => number): string {
	const length = forSmpp ? smppCharacters : characters;
	return Array.from({ length }, () => alphabet[chance(alphabet.length)]).join("");
}
