import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import type { Message } from "#shared/domain/message.ts";
import { interrupted, repeatsOf, type Submission } from "#shared/domain/message-life.ts";
import { pickUp } from "#shared/domain/pick-up.ts";
import type { SmscErrors } from "#shared/domain/smsc-errors.ts";
import type { Clock, Log } from "#shared/ports.ts";
import { afterAnswer } from "./after-answer.ts";
import { type BegunMessages, begunMessages, type Turn } from "./begun-messages.ts";
import { entryIdsOf, type Job, uncounted } from "./jobs.ts";
import { type Pauses, pauses } from "./pauses.ts";
import { openSeats, type Seat, type SeatState, type Seats, type SeatsOptions } from "./seats.ts";
import { submitOf } from "./submit-fields.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";
import { outcomeTeller } from "./tell-outcome.ts";

export type SendingOptions = Omit<SeatsOptions, "onUp" | "onGone"> & {
	/** The job whose turn it is, taken out of its queue. */
	readonly next: () => Job | undefined;
	/** Has the job looked at again, and put back where it is still to be sent. */
	readonly again: (job: Job) => Promise<void>;
	/** Of a message that has more: its last segment was taken. Resolves when it is written down what the id of that stands for. */
	readonly recordSegment: (job: Job) => Promise<void>;
	/** Resolves when it is written down how far the message has come. */
	readonly recordInterrupted: (job: Job) => Promise<void>;
	/** Resolves when a submit that may repeat another is counted, with its message's row; null where it is not to be submitted here any more. */
	readonly countRepeat: (job: Job) => Promise<Message | null>;
	/** Resolves when it is written down; the first so many segments were before. */
	readonly record: (job: Job, submission: Submission, segmentsWritten: number) => Promise<void>;
	/** There is room for more: a bind came up, or a job has left its queue. */
	readonly onRoom: () => void;
	/** How this operator's SMSC wants messages handed over. */
	readonly style: SubmitStyle;
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
	/** Messages that were handed over, at least in part, and are not yet recorded. */
	readonly exposure: number;
	/** Of each held slot. */
	seats(): readonly SeatState[];
	/** Sends whatever may go now. */
	pump(): void;
	/** Writes down how far the messages came of which some segments were taken and none is under way; they are looked at again then. */
	interrupt(): void;
	/** Sends no more, waits for the answers and records that are still to come, and unbinds. */
	stop(): Promise<void>;
};

type State = {
	readonly options: SendingOptions;
	readonly seats: Seats;
	/** Messages of which some segments were taken: the next of each goes before anything new. */
	readonly begun: BegunMessages;
	/** Messages whose next submit was counted, for it may repeat another. */
	readonly counted: Job[];
	readonly pauses: Pauses;
	readonly underWay: Set<Promise<void>>;
	/** Messages that were handed over, at least in part, and are not yet recorded. */
	exposure: number;
	readonly tell: ReturnType<typeof outcomeTeller>;
	/** When it is pumped next, in milliseconds of the monotonic clock. */
	wake: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
	stopping: boolean;
};

/** What was read longer ago is looked at again before it goes: it may have been withdrawn or have expired since. */
const freshMs = 5_000;
/** How many messages may wait for another try, as a multiple of what may be under way. */
const pausesPerExposure = 4;

/**
 * Sends jobs over an operator's binds, in turn, at its pace. What was sent and is not yet recorded is bounded: a window of
 * each bind and a quarter of a second more. So while nothing can be recorded nothing is sent, and a killed task repeats at
 * most that many messages.
 */
export function sendingOver(options: SendingOptions): Sending {
	const onUp = () => {
		options.onRoom();
		pump(state);
	};
	const seats = openSeats({ ...options, onUp, onGone: () => pump(state) });
	const state: State = {
		options,
		seats,
		begun: begunMessages(seats),
		counted: [],
		pauses: pauses(),
		underWay: new Set(),
		exposure: 0,
		tell: outcomeTeller(options.log),
		wake: undefined,
		stopping: false,
	};
	return {
		get open() {
			return seats.open;
		},
		get takesMore() {
			return seats.open && state.pauses.size < pausesPerExposure * seats.exposureMax;
		},
		get slots() {
			return seats.count;
		},
		get tps() {
			return seats.tps;
		},
		get exposure() {
			return state.exposure;
		},
		seats: () => seats.state(),
		pump: () => pump(state),
		interrupt: () => interruptAll(state),
		async stop() {
			state.stopping = true;
			state.pauses.end();
			await seats.stop();
			clearTimeout(state.wake?.timer);
			interruptAll(state);
			while (state.underWay.size > 0) await Promise.all(state.underWay);
		},
	};
}

function pump(state: State): void {
	interruptBegun(state, state.begun.fallen());
	for (let seat = state.seats.free(); seat !== undefined; seat = state.seats.free()) {
		const turn = state.begun.next() ?? countedTurn(state, seat) ?? firstTurn(state, seat);
		if (turn === undefined) {
			/* What was begun goes by its own bind, and that is not the free one: nobody else would come back to it. */
			pumpAfter(state, state.seats.waitMs(state.begun.seats()));
			return;
		}
		if (turn === "put_back") continue;
		state.seats.spend(turn.seat);
		track(state, send(state, turn));
	}
	pumpAfter(state, state.seats.waitMs());
}

/** A submit that was counted goes before anything new, unless it is to be looked at again first. */
function countedTurn(state: State, seat: Seat): Turn | "put_back" | undefined {
	const job = state.counted.shift();
	if (job === undefined || !isStale(job, state.options.now())) return job && { job, seat };
	track(state, putBack(state, uncounted(job), 0));
	return "put_back";
}

async function countRepeat(state: State, job: Job): Promise<void> {
	const { options } = state;
	const message = await options.countRepeat(job);
	if (message === null) state.exposure -= 1;
	else {
		const repeats = repeatsOf(message, job.smscIds.length);
		state.counted.push({ ...job, message, repeats, isCounted: true, isUncounted: false, readAt: options.now() });
	}
	if (state.stopping) interruptBegun(state, takeCounted(state));
	pump(state);
}

function interruptAll(state: State): void {
	interruptBegun(state, [...state.begun.all(), ...takeCounted(state)]);
}

const takeCounted = (state: State) => state.counted.splice(0).map(uncounted);

/** What began on a bind that fell is written down as far as it came, and goes on by another. */
function interruptBegun(state: State, begun: readonly Job[]): void {
	for (const job of begun) track(state, putBack(state, job, 0));
}

function pumpAfter(state: State, waitMs: number | undefined): void {
	if (waitMs === undefined) return;
	const at = performance.now() + waitMs;
	if (state.wake !== undefined && state.wake.at <= at) return;
	clearTimeout(state.wake?.timer);
	const timer = setTimeout(() => {
		state.wake = undefined;
		pump(state);
	}, waitMs);
	state.wake = { at, timer };
}

/** Of what is next in its queue: or it is put back, for it is to be looked at again first. */
function firstTurn(state: State, seat: Seat): Turn | "put_back" | undefined {
	const { options } = state;
	if (state.stopping || state.exposure >= state.seats.exposureMax) return undefined;
	const job = options.next();
	if (job === undefined) return undefined;
	state.exposure += 1;
	options.onRoom();
	if (isStale(job, options.now())) track(state, putBack(state, job, 0));
	else if (job.mayRepeat) track(state, countRepeat(state, job));
	else return { job, seat };
	return "put_back";
}

/** Read too long ago, or not to go at this very moment: its window has closed since, to the second (A14), or it has expired. */
function isStale({ message, readAt }: Job, now: number): boolean {
	return now - readAt > freshMs || pickUp(message, now).kind !== "submit";
}

function track(state: State, work: Promise<void>): void {
	state.underWay.add(work);
	void work.finally(() => state.underWay.delete(work));
}

async function send(state: State, { job, seat }: Turn): Promise<void> {
	seat.inFlight += 1;
	const { style, now } = state.options;
	const { message, text } = job;
	/* A resend renews it (R32), as long as nothing was taken. */
	const sentAt = (job.smscIds.length > 0 ? job.sentAt : null) ?? now();
	const { fields, tlvs } = submitOf({ message, text, index: job.smscIds.length, style, now: now() });
	const outcome = await seat.bind.submit(fields, tlvs);
	seat.inFlight -= 1;
	const finished = follow(state, { job: { ...job, sentAt }, seat }, outcome);
	pump(state);
	await finished;
	/* What it was recorded for has made room. */
	pump(state);
}

/** What becomes of a job by the answer to its segment. Resolves when it is recorded, where that is what becomes of it. */
async function follow(state: State, { job, seat }: Turn, outcome: SubmitOutcome): Promise<void> {
	const { options } = state;
	if (outcome.kind === "throttled") state.seats.slow(seat);
	const step = afterAnswer(job, outcome, { now: options.now(), chance: Math.random() }, options.errors);
	state.tell(step, outcome);
	switch (step.kind) {
		case "go_on": {
			const written = Promise.all([job.written, options.recordSegment(step.job)]);
			state.begun.add({ job: { ...step.job, written }, seat });
			return;
		}
		case "over":
			await finish(state, step.job, step.submission);
			return;
		case "again":
			await putBack(state, step.job, step.afterMs);
	}
}

async function finish(state: State, job: Job, submission: Submission): Promise<void> {
	await job.written;
	const taken = submission.smscIds.length;
	await state.options.record(job, submission, submission.refusal === null ? taken - 1 : taken);
	state.exposure -= 1;
}

/**
 * Not wholly sent, or perhaps not: to be looked at again after a pause. It is exposed no longer once it is written down how far it
 * came; where nothing was taken, and nothing left unanswered, there is nothing to write.
 */
async function putBack(state: State, job: Job, afterMs: number): Promise<void> {
	const { options } = state;
	if (interrupted(job.message, job, entryIdsOf(job), options.now()) !== null) {
		await job.written;
		await options.recordInterrupted(job);
	}
	state.exposure -= 1;
	/* Its entry is given back when all has stopped: another task will look at it. */
	if (state.stopping) return;
	state.pauses.add(afterMs, () => track(state, lookAgain(state, job)));
}

async function lookAgain(state: State, job: Job): Promise<void> {
	await state.options.again(job);
	pump(state);
	state.options.onRoom();
}
