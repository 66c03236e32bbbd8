/**
 * How fast segments may go: a token bucket with next to no depth, for an operator counts each second by itself. A value,
 * replaced at each step; `now` is in milliseconds of any clock that goes forward.
 */
export type Pace = {
	/** What the contract allows, and what the SMSC bears at the moment: less for a while after it was too busy. */
	readonly contractTps: number;
	readonly tps: number;
	readonly tokens: number;
	readonly at: number;
	/** When the rate was last pushed down. */
	readonly slowedAt: number;
};

/** How much of a second may go at once. */
const burstSeconds = 0.02;
/** How far the rate may be pushed down, and how long it takes to climb back all the way. */
const floor = 1 / 64;
const climbSeconds = 30;
/** How long refusals count as one. */
const slowedOnceMs = 1_000;

export function startPace(contractTps: number, now: number): Pace {
	return { contractTps, tps: contractTps, tokens: 1, at: now, slowedAt: Number.NEGATIVE_INFINITY };
}

/** Zero and the pace after a token was taken; or how many milliseconds until there is one, and the pace as it is. */
export function take(pace: Pace, now: number): readonly [number, Pace] {
	const seconds = Math.max(0, now - pace.at) / 1_000;
	const tps = Math.min(pace.contractTps, pace.tps + (pace.contractTps * seconds) / climbSeconds);
	const depth = Math.max(1, tps * burstSeconds);
	const filled = { ...pace, tps, tokens: Math.min(depth, pace.tokens + tps * seconds), at: now };
	if (filled.tokens >= 1) return [0, { ...filled, tokens: filled.tokens - 1 }];
	return [Math.ceil(((1 - filled.tokens) / tps) * 1_000), filled];
}

/**
 * After ESME_RTHROTTLED or ESME_RMSGQFUL: nothing at once, and half as fast; but once a second only, for all that was on
 * its way is refused together.
 */
export function slowed(pace: Pace, now: number): Pace {
	if (now - pace.slowedAt < slowedOnceMs) return { ...pace, tokens: 0 };
	return { ...pace, tps: Math.max(pace.contractTps * floor, pace.tps / 2), tokens: 0, slowedAt: now };
}
