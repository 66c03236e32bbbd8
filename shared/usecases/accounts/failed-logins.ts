import type { Clock } from "../../clock.ts";
import {
	type FailedTries,
	type LoginThrottle,
	waitBeforeTryMs,
	withFailure,
} from "../../domain/accounts/login-throttling.ts";

/**
 * Recent failed and successful logins, in the memory of this process, under hashes. Not shared: a shared counter would
 * turn a flood of wrong passwords into a flood of writes (ADR 0011).
 */
export type FailedLogins = {
	waitMs(name: string, throttle: LoginThrottle): number;
	/** Counts a failure before the password is verified, so that simultaneous guesses all count. */
	charge(name: string): void;
	/** Takes a failure back: the password was right, or was not verified. */
	forgive(name: string): void;
	/**
	 * This login succeeded: for an hour, failures of others behind the same address do not slow it. The first success
	 * clears the failures under these names.
	 */
	prove(login: string, names: readonly string[]): void;
	isProven(login: string): boolean;
};

const provenMs = 60 * 60_000;
const keptMax = 10_000;

export function failedLogins(now: Clock): FailedLogins {
	const tries = new Map<string, FailedTries>();
	const provenUntil = new Map<string, number>();
	const isProven = (login: string) => now() < (provenUntil.get(login) ?? 0);
	return {
		waitMs: (name, throttle) => waitBeforeTryMs(tries.get(name), now(), throttle),
		charge: (name) => keepLast(tries, name, withFailure(tries.get(name), now())),
		forgive(name) {
			const known = tries.get(name);
			if (known !== undefined) tries.set(name, { ...known, failed: known.failed - 1 });
		},
		prove(login, names) {
			if (!isProven(login)) for (const name of names) tries.delete(name);
			keepLast(provenUntil, login, now() + provenMs);
		},
		isProven,
	};
}

function keepLast<Value>(map: Map<string, Value>, key: string, value: Value): void {
	map.delete(key);
	map.set(key, value);
	const [oldest] = map.keys();
	if (map.size > keptMax && oldest !== undefined) map.delete(oldest);
}
