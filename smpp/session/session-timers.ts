import type { SessionLimits } from "./session-limits.ts";

/** When what happened on one connection, in milliseconds of any clock that only goes forward. */
export type SessionTimers = {
	readonly limits: Pick<SessionLimits, "bindMs" | "idleMs" | "enquireLinkMs" | "missesMax">;
	readonly connectedAt: number;
	readonly bound: boolean;
	readonly lastHeardAt: number;
	/** When the enquire_link that is not answered yet was sent. */
	readonly enquiredAt: number | undefined;
	/** Those before it that never were. */
	readonly misses: number;
};

export type TimerVerdict = "wait" | "enquire" | "give_up";

export function startTimers(limits: SessionTimers["limits"], now: number): SessionTimers {
	return { limits, connectedAt: now, bound: false, lastHeardAt: now, enquiredAt: undefined, misses: 0 };
}

/** Whatever the peer sends proves that it lives, an answer to enquire_link no more than the rest. */
export function peerHeard(timers: SessionTimers, now: number): SessionTimers {
	return { ...timers, lastHeardAt: now, enquiredAt: undefined, misses: 0 };
}

/** What to do now: nothing, ask the peer whether it lives, or close the connection. Any rhythm of calls gives the same verdicts. */
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
