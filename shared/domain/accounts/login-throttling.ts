import { type BackOff, doublingMs } from "../time/back-off.ts";

export type FailedTries = { readonly failed: number; readonly lastAt: number };

/** How many failures are free, and how long the next tries wait. */
export type LoginThrottle = { readonly freeTries: number; readonly backOff: BackOff };

/** For one account from one network: 1, 2, 4 s, up to five minutes. */
export const pairThrottle: LoginThrottle = { freeTries: 5, backOff: { firstMs: 1_000, maxMs: 5 * 60_000 } };

/** For all accounts from one network, against names that are guessed. Clients may share an address, so it is mild. */
export const networkThrottle: LoginThrottle = { freeTries: 100, backOff: { firstMs: 1_000, maxMs: 60_000 } };

/** Failures are forgotten if there was none for this long. */
const forgottenAfterMs = 15 * 60_000;

export function withFailure(tries: FailedTries | undefined, now: number): FailedTries {
	return { failed: (tries === undefined || isForgotten(tries, now) ? 0 : tries.failed) + 1, lastAt: now };
}

export function waitBeforeTryMs(
	tries: FailedTries | undefined,
	now: number,
	{ freeTries, backOff }: LoginThrottle = pairThrottle,
): number {
	if (tries === undefined || tries.failed < freeTries) return 0;
	return Math.max(0, tries.lastAt + doublingMs(backOff, tries.failed - freeTries + 1) - now);
}

function isForgotten(tries: FailedTries, now: number): boolean {
	return now - tries.lastAt >= forgottenAfterMs;
}

/** The unit that is throttled: an IPv4 address, or the /64 of an IPv6 address, the smallest that providers assign. */
export function networkOf(address: string): string {
	const plain = mapped.exec(address)?.[1] ?? address;
	return plain.includes(":") ? groupsOf(plain).slice(0, 4).join(":") : plain;
}

/** The unit that shares places fairly with others: an IPv4 /24 or an IPv6 /48, which one party may hold whole. */
export function neighbourhoodOf(address: string): string {
	const network = networkOf(address);
	const isIpv4 = /^\d+(\.\d+){3}$/.test(network);
	return network
		.split(isIpv4 ? "." : ":")
		.slice(0, 3)
		.join(isIpv4 ? "." : ":");
}

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): readonly string[] {
	const [head = "", tail] = address.toLowerCase().split("::");
	const groups = head === "" ? [] : head.split(":");
	const last = tail === undefined || tail === "" ? [] : tail.split(":");
	const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - last.length);
	return [...groups, ...Array<string>(zeros).fill("0"), ...last].map((group) => group.replace(/^0+(?=.)/, ""));
}
