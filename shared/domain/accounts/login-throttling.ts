import { doublingMs } from "../time/back-off.ts";

export type FailedTries = { readonly failed: number; readonly lastAt: number };

/** Failures before the first wait. */
const freeTries = 5;
const backOff = { firstMs: 1_000, maxMs: 5 * 60_000 };

/** Failures are forgotten if there was none for this long. */
const forgottenAfterMs = 15 * 60_000;

export function withFailure(tries: FailedTries | undefined, now: number): FailedTries {
	return { failed: (tries === undefined || isForgotten(tries, now) ? 0 : tries.failed) + 1, lastAt: now };
}

/** How long the next try must wait: 0, then 1, 2, 4 s, up to five minutes. */
export function waitBeforeTryMs(tries: FailedTries | undefined, now: number): number {
	if (tries === undefined || tries.failed < freeTries) return 0;
	return Math.max(0, tries.lastAt + doublingMs(backOff, tries.failed - freeTries + 1) - now);
}

function isForgotten(tries: FailedTries, now: number): boolean {
	return now - tries.lastAt >= forgottenAfterMs;
}

/** The unit that is throttled: an IPv4 address, or the /64 of an IPv6 address, the smallest that providers assign. */
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
