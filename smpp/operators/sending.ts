import type { Submission } from "#shared/domain/message-life.ts";
import { pickUp } from "#shared/domain/pick-up.ts";
import type { SmscErrors } from "#shared/domain/smsc-errors.ts";
import { newsOfRefusal } from "#shared/domain/submit-refusal.ts";
import type { Clock, Log } from "#shared/ports.ts";
import { backOffMs } from "./back-off.ts";
import type { Job } from "./jobs.ts";
import { openSeats, type Seat, type Seats, type SeatsOptions } from "./seats.ts";
import { seldom } from "./seldom.ts";
import { submitFields } from "./submit-fields.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

export type SendingOptions = Omit<SeatsOptions, "onUp"> & {
	/** The job whose turn it is, taken out of its queue. */
	readonly next: () => Job | undefined;
	/** Has the job looked at again, and put back where it is still to be sent. */
	readonly again: (job: Job) => Promise<void>;
	/** Resolves when it is written down. */
	readonly record: (job: Job, submission: Submission) => Promise<void>;
	/** There is room for more: a bind came up, or a job has left its queue. */
	readonly onRoom: () => void;
	/** How this operator's SMSC numbers what went wrong, where that is not as in the dictionary. */
	readonly errors?: SmscErrors | undefined;
	readonly now: Clock;
	readonly log: Log;
};

export type Sending = {
	/** Whether anything goes out at all. */
	readonly open: boolean;
	/** Whether it is worth while to take in more: it is open, and not too many messages wait for another try. */
	readonly takesMore: boolean;
	/** How many bind slots this task holds, and the segments a second that they carry. */
	readonly slots: number;
	readonly tps: number;
	/** Sends whatever may go now. */
	pump(): void;
	/** The messages of which some segments were taken and none is under way: given back, and no longer counted as exposed. */
	takeBegun(): readonly Job[];
	/** Sends no more, waits for the answers and records that are still to come, and unbinds. */
	stop(): Promise<void>;
};

/** A message, and the bind that its next segment goes by. */
type Turn = { readonly job: Job; readonly seat: Seat };

type State = {
	readonly options: SendingOptions;
	readonly seats: Seats;
	/** Messages of which some segments were taken: the next of each goes before anything new. */
	readonly resumed: Turn[];
	readonly pauses: Set<NodeJS.Timeout>;
	readonly underWay: Set<Promise<void>>;
	/** Messages that were handed over, at least in part, and are not yet recorded. */
	exposure: number;
	/** Whether a command_status is to be logged that the dictionary has no code for. */
	readonly isToldNow: (commandStatus: number) => boolean;
	timer: NodeJS.Timeout | undefined;
	stopping: boolean;
};

/** What was read longer ago is looked at again before it goes: it may have been withdrawn or have expired since. */
const freshMs = 5_000;
/** How many messages may wait for another try, as a multiple of what may be under way. */
const pausesPerExposure = 4;
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
		exposure: 0,
		isToldNow: seldom(60_000, () => performance.now()),
		timer: undefined,
		stopping: false,
	};
	return {
		get open() {
			return state.seats.open;
		},
		get takesMore() {
			return state.seats.open && state.pauses.size < pausesPerExposure * state.seats.exposureMax;
		},
		get slots() {
			return state.seats.count;
		},
		get tps() {
			return state.seats.tps;
		},
		pump: () => pump(state),
		takeBegun() {
			const begun = state.resumed.splice(0);
			state.exposure -= begun.length;
			return begun.map(({ job }) => job);
		},
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
		const turn = nextTurn(state, seat);
		if (turn === undefined) return;
		if (isStale(turn.job, state.options.now())) {
			putBack(state, turn.job, 0);
			continue;
		}
		state.seats.spend(turn.seat);
		track(state, send(state, turn));
	}
	const waitMs = state.seats.waitMs();
	if (waitMs !== undefined) pumpAfter(state, waitMs);
}

function pumpAfter(state: State, waitMs: number): void {
	state.timer ??= setTimeout(() => {
		state.timer = undefined;
		pump(state);
	}, waitMs);
}

/** What has begun goes before anything new, on the bind that it began on while that stands; what is new, on the free one. */
function nextTurn(state: State, free: Seat): Turn | undefined {
	const { resumed, options, seats } = state;
	const ready = resumed.findIndex(({ seat }) => !seat.bind.bound || seats.isFree(seat));
	const [begun] = ready < 0 ? [] : resumed.splice(ready, 1);
	if (begun !== undefined) return { job: begun.job, seat: begun.seat.bind.bound ? begun.seat : free };
	if (state.stopping || state.exposure >= seats.exposureMax) return undefined;
	const job = options.next();
	if (job === undefined) return undefined;
	state.exposure += 1;
	options.onRoom();
	return { job, seat: free };
}

/** Read too long ago, or not to go at this very moment: its window has closed since, to the second (A14), or it has expired. */
function isStale({ message, readAt, smscIds }: Job, now: number): boolean {
	return smscIds.length === 0 && (now - readAt > freshMs || pickUp(message, now).kind !== "submit");
}

function track(state: State, work: Promise<void>): void {
	state.underWay.add(work);
	void work.finally(() => state.underWay.delete(work));
}

async function send(state: State, { job, seat }: Turn): Promise<void> {
	seat.inFlight += 1;
	const sentAt = job.sentAt ?? state.options.now();
	const outcome = await seat.bind.submit(submitFields(job.message, job.text, job.smscIds.length));
	seat.inFlight -= 1;
	const finished = follow(state, { job: { ...job, sentAt }, seat }, outcome);
	pump(state);
	await finished;
}

/** What becomes of a job by the answer to its segment. Resolves when it is recorded, where that is what becomes of it. */
async function follow(state: State, { job, seat }: Turn, outcome: SubmitOutcome): Promise<void> {
	const { log } = state.options;
	switch (outcome.kind) {
		case "accepted": {
			const grown = { ...job, smscIds: [...job.smscIds, outcome.smscId] };
			if (grown.smscIds.length < grown.text.segments.length) state.resumed.push({ job: grown, seat });
			else await finish(state, grown, null);
			return;
		}
		case "refused":
			await finish(state, job, outcome.commandStatus);
			return;
		case "throttled":
			state.seats.slow(seat);
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
	const now = state.options.now();
	const { smscIds, sentAt, resends } = job;
	const refusal = commandStatus === null ? null : newsOfRefusal(commandStatus, now, state.options.errors);
	if (refusal?.errorCode === "255") tellUnknown(state, job, commandStatus);
	await state.options.record(job, { smscIds, sentAt: sentAt ?? now, confirmedAt: now, resends, refusal });
	state.exposure -= 1;
	pump(state);
}

/** Keeps a command_status that the dictionary has no code for, with a message that got it: each once a minute. */
function tellUnknown({ options, isToldNow }: State, { message, lane }: Job, commandStatus: number | null): void {
	if (!isToldNow(commandStatus ?? 0)) return;
	const told = { message_id: message.messageId, operator: lane.operator, command_status: commandStatus };
	options.log.warn("submit.unknown_error", told);
}

/** Not sent, or perhaps not: to be looked at again after a pause, and no longer counted as exposed. */
function putBack(state: State, job: Job, afterMs: number): void {
	state.exposure -= 1;
	/* Its entry is given back when all has stopped: another task will look at it. */
	if (state.stopping) return;
	const again = async () => {
		await state.options.again(job);
		pump(state);
		state.options.onRoom();
	};
	const pause = setTimeout(() => {
		state.pauses.delete(pause);
		track(state, again());
	}, afterMs);
	state.pauses.add(pause);
}
