import type { Credential } from "./account.ts";

/** An account's passwords are in the order in which they came; it has two while one replaces the other. */
const passwordsMax = 2;

/** Those that are still good. */
export function validAt(credentials: readonly Credential[], at: number): readonly Credential[] {
	return credentials.filter(({ until }) => until === undefined || at < until);
}

/**
 * An account's passwords with a new one; null where it has two, one of which must be taken away first. One that is there already changes
 * nothing, so that it may be added twice.
 * @param oldUntil from when on the old one is none; null: it stays until it is taken away.
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

/** The newest alone. */
export function newestOnly(credentials: readonly Credential[]): readonly Credential[] {
	return credentials.slice(-1);
}

/** SMPP has room for no more (5.2.2). */
const smppCharacters = 8;
const characters = 32;
/** Without those that are easily taken for one another. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/**
 * A password at random.
 * @param forSmpp whether it must fit into a bind.
 * @param chance gives a whole number below its argument.
 */
export function generatePassword(forSmpp: boolean, chance: (below: number) => number): string {
	const length = forSmpp ? smppCharacters : characters;
	return Array.from({ length }, () => alphabet[chance(alphabet.length)]).join("");
}
