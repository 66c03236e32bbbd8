/**
 * The rate of segments, as a token bucket with almost no burst, because operators count each second by itself. Times
 * are in milliseconds of any monotonic clock.
 */
export type TokenBucket = {
	readonly contractTps: number;
	/** The rate at the moment: less for a while after the SMSC throttled a submit. */
	readonly tps: number;
	readonly tokens: number;
	readonly at: number;
	readonly throttledAt: number;
};

const burstSeconds = 0.02;
/** The lowest rate, as a share of the contract's. */
const tpsShareMin = 1 / 64;
/** How long the rate takes to recover from zero. */
const recoverySeconds = 30;
const halvedOnceMs = 1_000;

export function newTokenBucket(contractTps: number, now: number): TokenBucket {
	return { contractTps, tps: contractTps, tokens: 1, at: now, throttledAt: Number.NEGATIVE_INFINITY };
}

/** Segments that may be sent at once at this rate. */
export function burstFor(tps: number): number {
	return Math.max(1, tps * burstSeconds);
}

/** Takes a token, and returns 0 and the new bucket; or the milliseconds until there is one, and the bucket as it is. */
export function takeToken(bucket: TokenBucket, now: number): readonly [number, TokenBucket] {
	const seconds = Math.max(0, now - bucket.at) / 1_000;
	const tps = Math.min(bucket.contractTps, bucket.tps + (bucket.contractTps * seconds) / recoverySeconds);
	const filled = { ...bucket, tps, tokens: Math.min(burstFor(tps), bucket.tokens + tps * seconds), at: now };
	if (filled.tokens >= 1) return [0, { ...filled, tokens: filled.tokens - 1 }];
	return [Math.ceil(((1 - filled.tokens) / tps) * 1_000), filled];
}

/**
 * After ESME_RTHROTTLED or ESME_RMSGQFUL: empty, and half the rate. The rate is halved once a second at most, because
 * all requests under way are refused together.
 */
export function throttledBucket(bucket: TokenBucket, now: number): TokenBucket {
	if (now - bucket.throttledAt < halvedOnceMs) return { ...bucket, tokens: 0 };
	return { ...bucket, tps: Math.max(bucket.contractTps * tpsShareMin, bucket.tps / 2), tokens: 0, throttledAt: now };
}
