import type { SessionLimits } from "./session-limits.ts";

/** When what happened on one line, in milliseconds of any clock that only goes forward. */
export type SessionTimers = {
	readonly limits: Pick<SessionLimits, "bindMs" | "idleMs" | "aliveMs" | "missesMax">;
	readonly connectedAt: number;
	readonly bound: boolean;
	readonly heardAt: number;
	/** When the enquire_link that is not answered yet was sent. */
	readonly askedAt: number | undefined;
	/** Those before it that never were. */
	readonly misses: number;
};

export type TimerVerdict = "wait" | "ask" | "give_up";

export function startTimers(limits: SessionTimers["limits"], now: number): SessionTimers {
	return { limits, connectedAt: now, bound: false, heardAt: now, askedAt: undefined, misses: 0 };
}

/** Whatever the peer sends proves that it lives, an answer to enquire_link no more than the rest. */
export function heard(timers: SessionTimers, now: number): SessionTimers {
	return { ...timers, heardAt: now, askedAt: undefined, misses: 0 };
}

/** What to do now: nothing, ask the peer whether it lives, or close the line. Any rhythm of calls gives the same verdicts. */
export function tick(timers: SessionTimers, now: number): readonly [TimerVerdict, SessionTimers] {
	const { limits, connectedAt, bound, heardAt, askedAt, misses } = timers;
	if (!bound) return [now - connectedAt > limits.bindMs ? "give_up" : "wait", timers];
	if (askedAt === undefined) {
		return now - heardAt > limits.idleMs ? ["ask", { ...timers, askedAt: now }] : ["wait", timers];
	}
	if (now - askedAt <= limits.aliveMs) return ["wait", timers];
	if (misses + 1 >= limits.missesMax) return ["give_up", timers];
	return ["ask", { ...timers, askedAt: now, misses: misses + 1 }];
}
