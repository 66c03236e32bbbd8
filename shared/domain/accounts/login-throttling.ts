import { doublingMs } from "../../flow/back-off.ts";

/** How somebody who tries passwords of one account from one address is slowed: pure, with the time as an argument. */

export type FailedTries = { readonly failed: number; readonly lastAt: number };

/** So many mistakes are anybody's. */
const freeTries = 5;
const backOff = { firstMs: 1_000, maxMs: 5 * 60_000 };

/** Mistakes are forgotten when there was none for so long. */
const forgottenAfterMs = 15 * 60_000;

export function withFailure(tries: FailedTries | undefined, now: number): FailedTries {
	return { failed: (tries === undefined || isForgotten(tries, now) ? 0 : tries.failed) + 1, lastAt: now };
}

/** How long it is until another try is looked at: nothing, then a second, two, four, up to five minutes. */
export function waitBeforeTryMs(tries: FailedTries | undefined, now: number): number {
	if (tries === undefined || tries.failed < freeTries) return 0;
	return Math.max(0, tries.lastAt + doublingMs(backOff, tries.failed - freeTries + 1) - now);
}

function isForgotten(tries: FailedTries, now: number): boolean {
	return now - tries.lastAt >= forgottenAfterMs;
}

/** Whom an address belongs to: itself for IPv4; for IPv6 the /64, which is the least that anybody gets. */
export function networkOf(address: string): string {
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
	if (mapped !== undefined) return mapped;
	if (!address.includes(":")) return address;
	const [head = "", tail] = address.toLowerCase().split("::");
	const groups = head === "" ? [] : head.split(":");
	const last = tail === undefined || tail === "" ? [] : tail.split(":");
	const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - last.length);
	const all = [...groups, ...Array<string>(zeros).fill("0"), ...last];
	return all
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ""))
		.join(":");
}
