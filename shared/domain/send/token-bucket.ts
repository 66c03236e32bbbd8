/**
 * How fast segments may go: a token bucket with next to no depth, for an operator counts each second by itself. A value,
 * replaced at each step; `now` is in milliseconds of any clock that goes forward.
 */
export type TokenBucket = {
	/** What the contract allows, and what the SMSC bears at the moment: less for a while after it was too busy. */
	readonly contractTps: number;
	readonly tps: number;
	readonly tokens: number;
	readonly at: number;
	/** When the rate was last pushed down. */
	readonly throttledAt: number;
};

/** How much of a second may go at once. */
const burstSeconds = 0.02;
/** How far the rate may be pushed down, and how long it takes to climb back all the way. */
const floor = 1 / 64;
const recoverySeconds = 30;
/** How long refusals count as one. */
const throttledOnceMs = 1_000;

export function newTokenBucket(contractTps: number, now: number): TokenBucket {
	return { contractTps, tps: contractTps, tokens: 1, at: now, throttledAt: Number.NEGATIVE_INFINITY };
}

/** How many segments may go at once at this rate. */
export function burstFor(tps: number): number {
	return Math.max(1, tps * burstSeconds);
}

/** Zero and the pace after a token was taken; or how many milliseconds until there is one, and the pace as it is. */
export function takeToken(bucket: TokenBucket, now: number): readonly [number, TokenBucket] {
	const seconds = Math.max(0, now - bucket.at) / 1_000;
	const tps = Math.min(bucket.contractTps, bucket.tps + (bucket.contractTps * seconds) / recoverySeconds);
	const filled = { ...bucket, tps, tokens: Math.min(burstFor(tps), bucket.tokens + tps * seconds), at: now };
	if (filled.tokens >= 1) return [0, { ...filled, tokens: filled.tokens - 1 }];
	return [Math.ceil(((1 - filled.tokens) / tps) * 1_000), filled];
}

/**
 * After ESME_RTHROTTLED or ESME_RMSGQFUL: nothing at once, and half as fast; but once a second only, for all that was on
 * its way is refused together.
 */
export function throttledBucket(bucket: TokenBucket, now: number): TokenBucket {
	if (now - bucket.throttledAt < throttledOnceMs) return { ...bucket, tokens: 0 };
	return { ...bucket, tps: Math.max(bucket.contractTps * floor, bucket.tps / 2), tokens: 0, throttledAt: now };
}
