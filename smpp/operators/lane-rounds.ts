import { type Lane, lanesOf } from "#shared/domain/lanes.ts";
import type { Operator } from "#shared/domain/operators.ts";
import type { Leasing } from "./held-lease.ts";
import { goRound, type LaneRound, type RoundOutcome } from "./lane-round.ts";
import { pause } from "./pause.ts";

export type LaneRoundsOptions = LaneRound & {
	readonly operator: Operator;
	/** Whether this task sends to the operator. */
	readonly isOpen: () => boolean;
	readonly leasing: Leasing;
	/** Looks at what this task keeps of the lanes itself: with each round, for it comes by none. */
	readonly lookAtOwn: () => Promise<void>;
	/** Is told since when the oldest message of a lane waits. */
	readonly passedOver: (lane: Lane, since: number | null) => void;
};

export type LaneRounds = {
	/** Looks whether the task has begun to send: a round under way ends then, and gives back what it holds. */
	wake(): void;
	stop(): Promise<void>;
};

/** How long nothing must have gone out before the first round, and from the end of one round to the next. */
const firstAfterMs = 60_000;
const againAfterMs = 15 * 60_000;
/** A round of four lanes, and what it takes to give back the last. */
const allRoundsMaxMs = 14 * 60_000;

/**
 * Lanes are read only by who can send what they hold. While that is nobody, because the operator is away or paused, one task goes round
 * them every quarter of an hour, so that what expires ends in time. Which one, and whether there is nobody, a lease tells: who sends keeps
 * it as well as it can.
 */
export function keepRounds(options: LaneRoundsOptions): LaneRounds {
	const { operator, isOpen, leasing, log } = options;
	const { leases, holder, now, monotonic, terms } = leasing;
	const lease = `${operator}#lanes`;
	const stopping = new AbortController();
	let round = new AbortController();
	let dueAt: number | undefined;

	async function tick(): Promise<void> {
		if (isOpen()) {
			dueAt = undefined;
			await leases.hold(lease, holder, now(), now() + terms.expiryMs);
			return;
		}
		dueAt ??= monotonic() + firstAfterMs;
		if (monotonic() < dueAt) return;
		if (await leases.hold(lease, holder, now(), now() + allRoundsMaxMs)) await goAll();
	}

	async function goAll(): Promise<void> {
		await options.lookAtOwn();
		round = new AbortController();
		const signal = AbortSignal.any([round.signal, stopping.signal]);
		let isBehind = false;
		for (const lane of lanesOf(operator)) {
			if (signal.aborted || isOpen()) break;
			const outcome = await goRound(options, lane, signal);
			if (outcome.waitsSince !== null || !outcome.isCutShort) options.passedOver(lane, outcome.waitsSince);
			isBehind ||= isBehindBy(outcome);
		}
		dueAt = monotonic() + (isBehind ? 0 : againAfterMs);
		await leases.release(lease, holder);
	}

	async function run(): Promise<void> {
		const { signal } = stopping;
		while (!signal.aborted) {
			await tick().catch((err: unknown) => log.warn("lane_rounds.failed", { operator, err }));
			await pause(terms.heartbeatMs * (0.75 + Math.random() / 2), signal);
		}
	}

	const running = run();
	return {
		wake() {
			/* An abort makes an error each time, and this is asked for every message. */
			if (!round.signal.aborted && isOpen()) round.abort();
		},
		async stop() {
			stopping.abort();
			await running;
		},
	};
}

/**
 * Whether the next round is to follow at once: more has expired than this one could end, and hardly anything else was met. What waits on is received
 * once more by each round, and a thousand receives make it a dead letter.
 */
function isBehindBy({ over, kept, isCutShort }: RoundOutcome): boolean {
	return isCutShort && over > 9 * kept;
}
