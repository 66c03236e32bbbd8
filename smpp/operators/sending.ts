import type { Submission } from "#shared/domain/message-life.ts";
import { newsOfRefusal } from "#shared/domain/submit-refusal.ts";
import type { Log } from "#shared/ports.ts";
import { backOffMs } from "./back-off.ts";
import type { Job } from "./jobs.ts";
import { type Pace, slowed, startPace, take } from "./pace.ts";
import { openSeats, type Seat, type Seats, type SeatsOptions } from "./seats.ts";
import { submitFields } from "./submit-fields.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

export type SendingOptions = Omit<SeatsOptions, "onUp"> & {
	/** Segments a second, over all binds together. */
	readonly tps: number;
	/** The job whose turn it is, taken out of its queue. */
	readonly next: () => Job | undefined;
	/** Has the job looked at again, and put back where it is still to be sent. */
	readonly again: (job: Job) => Promise<void>;
	/** Resolves when it is written down. */
	readonly record: (job: Job, submission: Submission) => Promise<void>;
	/** There is room for more: a bind came up, or a job has left its queue. */
	readonly onRoom: () => void;
	readonly log: Log;
};

export type Sending = {
	readonly bound: boolean;
	/** Sends whatever may go now. */
	pump(): void;
	/** Sends no more, waits for the answers and records that are still to come, and unbinds. */
	stop(): Promise<void>;
};

type State = {
	readonly options: SendingOptions;
	readonly seats: Seats;
	/** Messages of which some segments were taken: the next of each goes before anything new. */
	readonly resumed: Job[];
	readonly pauses: Set<NodeJS.Timeout>;
	readonly underWay: Set<Promise<void>>;
	pace: Pace;
	/** Messages that were handed over, at least in part, and are not yet recorded. */
	exposure: number;
	readonly exposureMax: number;
	timer: NodeJS.Timeout | undefined;
	stopping: boolean;
};

/** What was read longer ago is looked at again before it goes: it may have been withdrawn or have expired since. */
const freshMs = 5_000;
/** Before a message that the SMSC was too busy for, or never answered, is tried again. */
const throttledPause = { firstMs: 1_000, maxMs: 1_000 };
const unansweredPause = { firstMs: 1_000, maxMs: 60 * 60_000 };

/**
 * Sends jobs over an operator's binds, in turn, at its pace. What was sent and is not yet recorded is bounded: a window of
 * each bind and a quarter of a second more. So while nothing can be recorded nothing is sent, and a killed task repeats at
 * most that much.
 */
export function sendingOver(options: SendingOptions): Sending {
	const onUp = () => {
		options.onRoom();
		pump(state);
	};
	const state: State = {
		options,
		seats: openSeats({ ...options, onUp }),
		resumed: [],
		pauses: new Set(),
		underWay: new Set(),
		pace: startPace(options.tps, performance.now()),
		exposure: 0,
		exposureMax: Math.ceil(options.window * options.binds + options.tps / 4),
		timer: undefined,
		stopping: false,
	};
	return {
		get bound() {
			return state.seats.bound;
		},
		pump: () => pump(state),
		async stop() {
			state.stopping = true;
			for (const pause of state.pauses) clearTimeout(pause);
			await state.seats.stop();
			clearTimeout(state.timer);
			await Promise.all(state.underWay);
		},
	};
}

function pump(state: State): void {
	for (let seat = state.seats.free(); seat !== undefined; seat = state.seats.free()) {
		const [waitMs, pace] = take(state.pace, performance.now());
		if (waitMs > 0) {
			pumpAfter(state, waitMs);
			return;
		}
		const job = nextJob(state);
		if (job === undefined) return;
		if (isStale(job)) {
			putBack(state, job, 0);
			continue;
		}
		state.pace = pace;
		track(state, send(state, job, seat));
	}
}

function pumpAfter(state: State, waitMs: number): void {
	state.timer ??= setTimeout(() => {
		state.timer = undefined;
		pump(state);
	}, waitMs);
}

function nextJob(state: State): Job | undefined {
	const begun = state.resumed.shift();
	if (begun !== undefined || state.stopping || state.exposure >= state.exposureMax) return begun;
	const job = state.options.next();
	if (job === undefined) return undefined;
	state.exposure += 1;
	state.options.onRoom();
	return job;
}

function isStale({ readAt, smscIds }: Job): boolean {
	return smscIds.length === 0 && Date.now() - readAt > freshMs;
}

function track(state: State, work: Promise<void>): void {
	state.underWay.add(work);
	void work.finally(() => state.underWay.delete(work));
}

async function send(state: State, job: Job, seat: Seat): Promise<void> {
	seat.inFlight += 1;
	const sentAt = job.sentAt ?? Date.now();
	const outcome = await seat.bind.submit(submitFields(job.message, job.text, job.smscIds.length));
	seat.inFlight -= 1;
	const finished = follow(state, { ...job, sentAt }, outcome);
	pump(state);
	await finished;
}

/** What becomes of a job by the answer to its segment. Resolves when it is recorded, where that is what becomes of it. */
async function follow(state: State, job: Job, outcome: SubmitOutcome): Promise<void> {
	const { log } = state.options;
	switch (outcome.kind) {
		case "accepted": {
			const grown = { ...job, smscIds: [...job.smscIds, outcome.smscId] };
			if (grown.smscIds.length < grown.text.segments.length) state.resumed.push(grown);
			else await finish(state, grown, null);
			return;
		}
		case "refused":
			await finish(state, job, outcome.commandStatus);
			return;
		case "throttled":
			state.pace = slowed(state.pace);
			log.warn("submit.throttled", { operator: job.lane.operator, command_status: outcome.commandStatus });
			putBack(state, job, backOffMs(throttledPause, 1, Math.random()));
			return;
		case "unsent":
			putBack(state, job, 0);
			return;
		case "unknown": {
			const resends = job.resends + 1;
			log.warn("submit.unanswered", { message_id: job.message.messageId, resends });
			putBack(state, { ...job, resends }, backOffMs(unansweredPause, resends, Math.random()));
		}
	}
}

async function finish(state: State, job: Job, commandStatus: number | null): Promise<void> {
	const now = Date.now();
	const { smscIds, sentAt, resends } = job;
	const refusal = commandStatus === null ? null : newsOfRefusal(commandStatus, now);
	await state.options.record(job, { smscIds, sentAt: sentAt ?? now, confirmedAt: now, resends, refusal });
	state.exposure -= 1;
	pump(state);
}

/** Not sent, or perhaps not: to be looked at again after a pause, and no longer counted as exposed. */
function putBack(state: State, job: Job, afterMs: number): void {
	state.exposure -= 1;
	/* Its entry is given back when all has stopped: another task will look at it. */
	if (state.stopping) return;
	const again = async () => {
		await state.options.again(job);
		pump(state);
	};
	const pause = setTimeout(() => {
		state.pauses.delete(pause);
		track(state, again());
	}, afterMs);
	state.pauses.add(pause);
}
