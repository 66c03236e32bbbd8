import type { Clock } from "#shared/clock.ts";
import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { repeatsOf, type Submission } from "#shared/domain/message/message-transitions.ts";
import type { SmscErrors } from "#shared/domain/receipts/smsc-errors.ts";
import { decidePickUp } from "#shared/domain/send/pick-up.ts";
import { type OngoingWork, ongoingWork } from "#shared/flow/ongoing-work.ts";
import type { Log } from "#shared/log.ts";
import {
	type LeasedBind,
	type LeasedBindState,
	type LeasedBinds,
	type LeasedBindsOptions,
	openLeasedBinds,
} from "./leased-binds.ts";
import { outcomeLogger } from "./log-outcome.ts";
import { nextStepAfter } from "./next-step.ts";
import { type OutboundMessage, withRepeatUncounted } from "./outbound-messages.ts";
import { type BindAssignment, type PartlySentMessages, partlySentMessages } from "./partly-sent-messages.ts";
import { openRetries, type Retries, type RetryOptions } from "./retries.ts";
import { submitOf } from "./submit-fields.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

export type SubmitterOptions = Omit<LeasedBindsOptions, "onUp" | "onGone"> &
	Pick<RetryOptions, "recheck" | "recordInterrupted"> & {
		/** The outbound message whose turn it is, taken out of its queue. */
		readonly next: () => OutboundMessage | undefined;
		/** Of a message that has more: its last segment was taken. Resolves when it is written down what the id of that stands for. */
		readonly recordSegment: (outbound: OutboundMessage) => Promise<void>;
		/** Resolves when a submit that may repeat another is counted, with its message's row; null where it is not to be submitted here any more. */
		readonly countRepeat: (outbound: OutboundMessage) => Promise<Message | null>;
		/** Resolves when it is written down; the first so many segments were before. */
		readonly record: (outbound: OutboundMessage, submission: Submission, segmentsWritten: number) => Promise<void>;
		/** Lets its entries come again after so many seconds. */
		readonly defer: (outbound: OutboundMessage, seconds: number) => void;
		/** There is room for more: a bind came up, or an outbound message has left its queue. */
		readonly onRoom: () => void;
		/** How this operator's SMSC wants messages handed over. */
		readonly style: SubmitStyle;
		/** How this operator's SMSC numbers what went wrong, where that is not as in the dictionary. */
		readonly errors?: SmscErrors | undefined;
		readonly now: Clock;
		readonly log: Log;
	};

export type Submitter = {
	/** Whether anything goes out at all. */
	readonly open: boolean;
	/** Whether it is worth while to take in more: it is open, and not too many messages wait for another try. */
	readonly takesMore: boolean;
	/** How many bind leases this task holds, and the segments a second that they carry. */
	readonly bindsHeld: number;
	readonly tps: number;
	/** Messages that were handed over, at least in part, and are not yet recorded. */
	readonly exposure: number;
	/** Of each held bind lease. */
	leasedBinds(): readonly LeasedBindState[];
	/** Sends whatever may go now. */
	pump(): void;
	/** Writes down how far the messages came of which some segments were taken and none is under way; they are checked again then. */
	interrupt(): void;
	/** Sends no more, waits for the answers and records that are still to come, and unbinds. */
	stop(): Promise<void>;
};

type State = {
	readonly options: SubmitterOptions;
	readonly leasedBinds: LeasedBinds;
	/** Messages of which some segments were taken: the next of each goes before anything new. */
	readonly partlySent: PartlySentMessages;
	/** Messages whose next submit was counted, for it may repeat another. */
	readonly counted: OutboundMessage[];
	readonly retries: Retries;
	/** Those that wait for what another entry may have submitted. They keep nothing else from coming in. */
	readonly underWay: OngoingWork;
	/** Messages that were handed over, at least in part, and are not yet recorded. */
	exposure: number;
	readonly logOutcome: ReturnType<typeof outcomeLogger>;
	/** When it is pumped next, in milliseconds of the monotonic clock. */
	wake: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
	stopping: boolean;
};

/** What was read longer ago is checked again before it goes: it may have been withdrawn or have expired since. */
const readValidMs = 5_000;
/** How many messages may wait for another try, as a multiple of what may be under way. */
const retriesPerExposure = 4;
/**
 * How long a message may wait here for what another entry may have submitted: half of a lane's visibility. Were its entry to come to another task
 * meanwhile, for SQS is away and cannot be told to keep it, both would own the claim, and submit. Longer waits are spent in the lane.
 */
const waitsMaxMs = 15_000;

/**
 * Sends outbound messages over an operator's binds, in turn, at its pace. What was sent and is not yet recorded is bounded: a window of
 * each bind and a quarter of a second more. So while nothing can be recorded nothing is sent, and a killed task repeats at
 * most that many messages.
 */
export function openSubmitter(options: SubmitterOptions): Submitter {
	const onUp = () => {
		options.onRoom();
		pump(state);
	};
	const leasedBinds = openLeasedBinds({ ...options, onUp, onGone: () => pump(state) });
	const underWay = ongoingWork();
	const retries = openRetries({
		...options,
		underWay,
		onRecorded() {
			state.exposure -= 1;
		},
		onRechecked() {
			pump(state);
			options.onRoom();
		},
	});
	const state: State = {
		options,
		leasedBinds,
		partlySent: partlySentMessages(leasedBinds),
		counted: [],
		retries,
		underWay,
		exposure: 0,
		logOutcome: outcomeLogger(options.log),
		wake: undefined,
		stopping: false,
	};
	return {
		get open() {
			return leasedBinds.open;
		},
		get takesMore() {
			return leasedBinds.open && retries.size < retriesPerExposure * leasedBinds.exposureMax;
		},
		get bindsHeld() {
			return leasedBinds.count;
		},
		get tps() {
			return leasedBinds.tps;
		},
		get exposure() {
			return state.exposure;
		},
		leasedBinds: () => leasedBinds.state(),
		pump: () => pump(state),
		interrupt: () => interruptAll(state),
		async stop() {
			state.stopping = true;
			retries.stop();
			await leasedBinds.stop();
			clearTimeout(state.wake?.timer);
			interruptAll(state);
			await state.underWay.settled();
		},
	};
}

function pump(state: State): void {
	interruptPartlySent(state, state.partlySent.orphaned());
	for (let leasedBind = state.leasedBinds.free(); leasedBind !== undefined; leasedBind = state.leasedBinds.free()) {
		const assignment =
			state.partlySent.next() ?? countedAssignment(state, leasedBind) ?? newAssignment(state, leasedBind);
		if (assignment === undefined) {
			/* What was begun goes by its own bind, and that is not the free one: nobody else would come back to it. */
			pumpAfter(state, state.leasedBinds.waitMs(state.partlySent.leasedBinds()));
			return;
		}
		if (assignment === "set_aside") continue;
		state.leasedBinds.spendPace(assignment.leasedBind);
		track(state, send(state, assignment));
	}
	pumpAfter(state, state.leasedBinds.waitMs());
}

/** A submit that was counted goes before anything new, unless it is to be checked again first. */
function countedAssignment(state: State, leasedBind: LeasedBind): BindAssignment | "set_aside" | undefined {
	const outbound = state.counted.shift();
	if (outbound === undefined || !isStale(outbound, state.options.now())) return outbound && { outbound, leasedBind };
	track(state, state.retries.retryAfter(withRepeatUncounted(outbound), 0));
	return "set_aside";
}

async function countRepeat(state: State, outbound: OutboundMessage): Promise<void> {
	const { options } = state;
	const message = await options.countRepeat(outbound);
	if (message === null) state.exposure -= 1;
	else {
		const repeats = repeatsOf(message, outbound.smscIds.length);
		state.counted.push({
			...outbound,
			message,
			repeats,
			isRepeatCounted: true,
			isOvercounted: false,
			readAt: options.now(),
		});
	}
	if (state.stopping) interruptPartlySent(state, takeCounted(state));
	pump(state);
}

function interruptAll(state: State): void {
	interruptPartlySent(state, [...state.partlySent.all(), ...takeCounted(state)]);
}

const takeCounted = (state: State) => state.counted.splice(0).map(withRepeatUncounted);

/** What began on a bind that fell is written down as far as it came, and goes on by another. */
function interruptPartlySent(state: State, partlySent: readonly OutboundMessage[]): void {
	for (const outbound of partlySent) track(state, state.retries.retryAfter(outbound, 0));
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

/** Of what is next in its queue: or it is put back, for it is to be checked again first. */
function newAssignment(state: State, leasedBind: LeasedBind): BindAssignment | "set_aside" | undefined {
	const { options } = state;
	if (state.stopping || state.exposure >= state.leasedBinds.exposureMax) return undefined;
	const outbound = options.next();
	if (outbound === undefined) return undefined;
	options.onRoom();
	if (waits(state, outbound)) return "set_aside";
	state.exposure += 1;
	if (isStale(outbound, options.now())) track(state, state.retries.retryAfter(outbound, 0));
	else if (outbound.mayRepeat) track(state, countRepeat(state, outbound));
	else return { outbound, leasedBind };
	return "set_aside";
}

/** Whether a message is not to go yet. After a short wait it is checked again here, whatever becomes of those that share its entry. */
function waits(state: State, outbound: OutboundMessage): boolean {
	const { options } = state;
	const waitMs = (outbound.message.waitsUntil ?? 0) - options.now();
	if (waitMs <= 0) return false;
	if (waitMs <= waitsMaxMs) state.retries.recheckAfter(outbound, waitMs);
	else options.defer(outbound, Math.ceil(waitMs / 1_000));
	return true;
}

/** Read too long ago, or not to go at this very moment: its window has closed since, to the second (A14), or it has expired. */
function isStale({ message, readAt }: OutboundMessage, now: number): boolean {
	return now - readAt > readValidMs || decidePickUp(message, now).kind !== "submit";
}

function track(state: State, work: Promise<void>): void {
	void state.underWay.add(work);
}

async function send(state: State, { outbound, leasedBind }: BindAssignment): Promise<void> {
	leasedBind.inFlight += 1;
	const { style, now } = state.options;
	const { message, text } = outbound;
	/* A resend renews it (R32), as long as nothing was taken. */
	const sentAt = (outbound.smscIds.length > 0 ? outbound.sentAt : null) ?? now();
	const { fields, tlvs } = submitOf({ message, text, index: outbound.smscIds.length, style, now: now() });
	const outcome = await leasedBind.bind.submit(fields, tlvs);
	leasedBind.inFlight -= 1;
	const finished = applyOutcome(state, { outbound: { ...outbound, sentAt }, leasedBind }, outcome);
	pump(state);
	await finished;
	/* What it was recorded for has made room. */
	pump(state);
}

/** What becomes of an outbound message by the answer to its segment. Resolves when it is recorded, where that is what becomes of it. */
async function applyOutcome(
	state: State,
	{ outbound, leasedBind }: BindAssignment,
	outcome: SubmitOutcome,
): Promise<void> {
	const { options } = state;
	if (outcome.kind === "throttled") state.leasedBinds.slowDown(leasedBind);
	const step = nextStepAfter(outbound, outcome, { now: options.now(), chance: Math.random() }, options.errors);
	state.logOutcome(step, outcome);
	switch (step.kind) {
		case "next_segment": {
			const recorded = Promise.all([outbound.recorded, options.recordSegment(step.outbound)]);
			state.partlySent.add({ outbound: { ...step.outbound, recorded }, leasedBind });
			return;
		}
		case "finished":
			await finish(state, step.outbound, step.submission);
			return;
		case "retry":
			await state.retries.retryAfter(step.outbound, step.afterMs);
	}
}

async function finish(state: State, outbound: OutboundMessage, submission: Submission): Promise<void> {
	await outbound.recorded;
	const taken = submission.smscIds.length;
	await state.options.record(outbound, submission, submission.refusal === null ? taken - 1 : taken);
	state.exposure -= 1;
}
