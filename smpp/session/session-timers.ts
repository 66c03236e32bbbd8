import type { SessionLimits } from "./session-limits.ts";

/** Times of one connection, in milliseconds of a monotonic clock. */
export type SessionTimers = {
	readonly limits: Pick<SessionLimits, "bindMs" | "idleMs" | "enquireLinkMs" | "missesMax">;
	readonly connectedAt: number;
	readonly bound: boolean;
	readonly lastHeardAt: number;
	readonly enquiredAt: number | undefined;
	/** Earlier enquire_link without an answer. */
	readonly misses: number;
};

export type TimerVerdict = "wait" | "enquire" | "give_up";

export function startTimers(limits: SessionTimers["limits"], now: number): SessionTimers {
	return { limits, connectedAt: now, bound: false, lastHeardAt: now, enquiredAt: undefined, misses: 0 };
}

/** Any PDU shows that the peer lives. */
export function peerHeard(timers: SessionTimers, now: number): SessionTimers {
	return { ...timers, lastHeardAt: now, enquiredAt: undefined, misses: 0 };
}

/** What to do now. It may be called at any interval. */
export function tick(timers: SessionTimers, now: number): readonly [TimerVerdict, SessionTimers] {
	const { limits, connectedAt, bound, lastHeardAt, enquiredAt, misses } = timers;
	if (!bound) return [now - connectedAt > limits.bindMs ? "give_up" : "wait", timers];
	if (enquiredAt === undefined) {
		return now - lastHeardAt > limits.idleMs ? ["enquire", { ...timers, enquiredAt: now }] : ["wait", timers];
	}
	if (now - enquiredAt <= limits.enquireLinkMs) return ["wait", timers];
	if (misses + 1 >= limits.missesMax) return ["give_up", timers];
	return ["enquire", { ...timers, enquiredAt: now, misses: misses + 1 }];
}
