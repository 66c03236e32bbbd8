import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Account, Credential } from "../domain/account.ts";
import type { AccountStore, Clock, CredentialStore } from "../ports.ts";

const derive = promisify<string, Buffer, number, { N: number }, Buffer>(scrypt);

/** How long a password is believed after it was verified: the longest that a revoked one lives, and an account's old settings. */
const believedMs = 60_000;
const believedMax = 10_000;

/** What an account that does not exist is compared with, so that its name cannot be told from a wrong password by the time. */
const nobody: Credential = {
	salt: randomBytes(16).toString("base64"),
	hash: randomBytes(32).toString("base64"),
	cost: 2 ** 14,
};

type Believed = { readonly account: Promise<Account | null>; readonly untilMs: number };

export type Doorkeeping = {
	readonly accounts: AccountStore;
	readonly credentials: CredentialStore;
	readonly now: Clock;
};

/** Gives the account that a name and password open, or null. */
export type Doorkeeper = (userName: string, password: string) => Promise<Account | null>;

/**
 * Verifies passwords by scrypt, and remembers for a minute what was verified, under a hash with a key of this process's own: a password
 * lies nowhere in memory. Calls that come together share one verification.
 */
export function doorkeeper(keeping: Doorkeeping): Doorkeeper {
	const key = randomBytes(32);
	const believed = new Map<string, Believed>();
	return async (userName, password) => {
		const name = createHmac("sha256", key)
			.update(JSON.stringify([userName, password]))
			.digest("base64");
		const known = believed.get(name);
		if (known !== undefined && keeping.now() < known.untilMs) return await known.account;
		const account = verified(keeping, userName, password);
		if (believed.size >= believedMax) believed.clear();
		believed.set(name, { account, untilMs: keeping.now() + believedMs });
		const forget = () => believed.delete(name);
		account.then((found) => found ?? forget(), forget);
		return await account;
	};
}

async function verified({ accounts, credentials }: Doorkeeping, userName: string, password: string) {
	const found = await credentials.find(userName);
	const matches = await Promise.all((found.length > 0 ? found : [nobody]).map((one) => isMatch(one, password)));
	return matches.includes(true) ? await accounts.find(userName) : null;
}

async function isMatch({ salt, hash, cost }: Credential, password: string): Promise<boolean> {
	const expected = Buffer.from(hash, "base64");
	const actual = await derive(password, Buffer.from(salt, "base64"), expected.length, { N: cost });
	return timingSafeEqual(actual, expected);
}

/** A password as it may be stored. */
export async function credentialFor(password: string): Promise<Credential> {
	const salt = randomBytes(16);
	const cost = 2 ** 14;
	const hash = await derive(password, salt, 32, { N: cost });
	return { salt: salt.toString("base64"), hash: hash.toString("base64"), cost };
}
