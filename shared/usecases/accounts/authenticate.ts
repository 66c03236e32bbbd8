import { createHmac, createSecretKey, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Clock } from "../../clock.ts";
import { type Account, type Credential, userNameMax } from "../../domain/accounts/account.ts";
import { neighbourhoodOf, networkOf, networkThrottle, pairThrottle } from "../../domain/accounts/login-throttling.ts";
import { validAt } from "../../domain/accounts/passwords.ts";
import { fairConcurrencyLimit, type LimitedCaller, type LimitedOutcome } from "../../flow/fair-concurrency-limit.ts";
import type { AccountStore } from "./account-store.ts";
import type { CredentialStore } from "./credential-store.ts";
import { failedLogins } from "./failed-logins.ts";

const derive = promisify<string, Buffer, number, { N: number }, Buffer>(scrypt);

/** How long a verification is cached: a removed password, or old settings of an account, may work this much longer. */
const rememberedMs = 60_000;
const rememberedMax = 10_000;

/** Verified for accounts that do not exist, so that the response time does not reveal which accounts exist. */
const decoyCredential: Credential = {
	salt: randomBytes(16).toString("base64"),
	hash: randomBytes(32).toString("base64"),
	cost: 2 ** 14,
};

type Verified = LimitedOutcome<Account | null>;
type RecentVerification = { readonly verified: Promise<Verified>; readonly untilMs: number };

export type AuthenticatorDeps = {
	readonly accounts: AccountStore;
	readonly credentials: CredentialStore;
	readonly now: Clock;
};

export type AuthenticationOutcome =
	| { readonly kind: "known"; readonly account: Account }
	| { readonly kind: "unknown" }
	/** Too many wrong passwords from this address, for this account or in all; the password was not verified. */
	| { readonly kind: "slowed"; readonly afterMs: number }
	| { readonly kind: "busy" };

/** Returns the account of a name and password. `address` is that of the client. */
export type Authenticator = (userName: string, password: string, address: string) => Promise<AuthenticationOutcome>;

/** A verification takes a core for 50 ms, and 16 MB. */
const verifyingMax = 2;
const waitingMax = 64;

/**
 * Verifies passwords by scrypt, and caches results for a minute under a keyed hash, so no password stays in memory.
 * Simultaneous calls share one verification. Wrong passwords slow down the pair of account and address, so that an
 * attacker elsewhere cannot lock a client out. Networks take turns, after logins that succeeded within the last hour, so
 * that a flood from one network does not delay the others (ADR 0075).
 */
export function authenticator(deps: AuthenticatorDeps): Authenticator {
	/* A key object: with raw octets each hash takes seven times as long. */
	const key = createSecretKey(randomBytes(32));
	const nameOf = (...parts: readonly string[]) =>
		createHmac("sha256", key).update(JSON.stringify(parts)).digest("base64");
	const recent = new Map<string, RecentVerification>();
	const failures = failedLogins(deps.now);
	const limited = fairConcurrencyLimit(verifyingMax, waitingMax);

	function namesOf(userName: string, password: string, address: string): LoginNames {
		const network = networkOf(address);
		return {
			login: nameOf(userName, password),
			own: nameOf(userName, password, network),
			pair: nameOf("", userName, network),
			network: nameOf("", network),
		};
	}

	function verify({ login, pair, network }: LoginNames, caller: LimitedCaller, step: () => Promise<Account | null>) {
		failures.charge(pair);
		const verified = limited(caller, step);
		if (recent.size >= rememberedMax) recent.clear();
		recent.set(login, { verified, untilMs: deps.now() + rememberedMs });
		const settle = (outcome?: Verified) => {
			const isVerified = outcome?.kind === "done";
			const isWrong = isVerified && outcome.value === null;
			if (isWrong) failures.charge(network);
			else failures.forgive(pair);
			if (!isVerified || isWrong) recent.delete(login);
		};
		verified.then(settle, () => settle());
		return verified;
	}

	return async (userName, password, address) => {
		const names = namesOf(userName, password, address);
		const isKnown = failures.isProven(names.own);
		const waitMs = Math.max(failures.waitMs(names.pair, pairThrottle), failures.waitMs(names.network, networkThrottle));
		if (waitMs > 0 && !isKnown) return { kind: "slowed", afterMs: waitMs };
		const cached = recent.get(names.login);
		const isFresh = cached !== undefined && deps.now() < cached.untilMs;
		const caller = { owner: neighbourhoodOf(address), isKnown };
		const step = async () => await accountFor(deps, userName, password);
		const outcome = await (isFresh ? cached.verified : verify(names, caller, step));
		if (outcome.kind === "busy") return outcome;
		if (outcome.value === null) return { kind: "unknown" };
		failures.prove(names.own, [names.pair, names.network]);
		return { kind: "known", account: outcome.value };
	};
}

/** Under keyed hashes: a name with its password, the same from one network, and what failures are counted by. */
type LoginNames = Readonly<Record<"login" | "own" | "pair" | "network", string>>;

async function accountFor({ accounts, credentials, now }: AuthenticatorDeps, userName: string, password: string) {
	const isPossible = userName.length > 0 && userName.length <= userNameMax;
	const stored = isPossible ? await credentials.find(userName) : [];
	const found = validAt(stored, now());
	const matches = await Promise.all(
		(found.length > 0 ? found : [decoyCredential]).map((one) => isMatch(one, password)),
	);
	const account = matches.includes(true) ? await accounts.find(userName) : null;
	return account?.disabled ? null : account;
}

async function isMatch({ salt, hash, cost }: Credential, password: string): Promise<boolean> {
	const expected = Buffer.from(hash, "base64");
	const actual = await derive(password, Buffer.from(salt, "base64"), expected.length, { N: cost });
	return timingSafeEqual(actual, expected);
}

export async function credentialFor(password: string, since?: number): Promise<Credential> {
	const salt = randomBytes(16);
	const cost = 2 ** 14;
	const hash = await derive(password, salt, 32, { N: cost });
	return { salt: salt.toString("base64"), hash: hash.toString("base64"), cost, ...(since !== undefined && { since }) };
}
