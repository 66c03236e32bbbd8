import type { Clock } from "../../clock.ts";
import { type FailedTries, waitBeforeTryMs, withFailure } from "../../domain/accounts/login-throttling.ts";

/**
 * Who failed to log in lately, and who did not, in this process's memory: names are hashes, and the oldest make way. It is kept
 * by each process for itself: a shared counter would be a write for every wrong password, which is the flood that it should stop;
 * a guesser who meets several processes gets as many times the few free tries, each of which costs a scrypt.
 */
export type FailedLogins = {
	/** How long this account and address must wait. */
	waitMs(pair: string): number;
	/** Counted before the password is verified, so that a thousand guesses at once are a thousand. */
	charge(pair: string): void;
	/** It was no failure after all. */
	forgive(pair: string): void;
	/**
	 * This password was right from here: for an hour others' mistakes behind the same address do not slow it. The first time, the
	 * mistakes before it were its owner's, and are forgotten.
	 */
	prove(login: string, pair: string): void;
	isProven(login: string): boolean;
};

const provenMs = 60 * 60_000;
const keptMax = 10_000;

export function failedLogins(now: Clock): FailedLogins {
	const tries = new Map<string, FailedTries>();
	const provenUntil = new Map<string, number>();
	const isProven = (login: string) => now() < (provenUntil.get(login) ?? 0);
	return {
		waitMs: (pair) => waitBeforeTryMs(tries.get(pair), now()),
		charge: (pair) => keepLast(tries, pair, withFailure(tries.get(pair), now())),
		forgive(pair) {
			const known = tries.get(pair);
			if (known !== undefined) tries.set(pair, { ...known, failed: known.failed - 1 });
		},
		prove(login, pair) {
			if (!isProven(login)) tries.delete(pair);
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
