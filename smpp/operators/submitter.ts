import type { Clock } from "#shared/clock.ts";
import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { repeatsOf, type Submission } from "#shared/domain/message/message-transitions.ts";
import type { SmscErrors } from "#shared/domain/receipts/smsc-errors.ts";
import { decidePickUp } from "#shared/domain/send/pick-up.ts";
import { type OngoingWork, ongoingWork } from "#shared/flow/ongoing-work.ts";
import type { Log } from "#shared/log.ts";
import { isOfPausedBatch, type PickUpDeps } from "#shared/usecases/send/pick-up-messages.ts";
import { type LateAnswers, type LateAnswersOptions, lateAnswers } from "./late-answers.ts";
import {
	type LeasedBind,
	type LeasedBindState,
	type LeasedBinds,
	type LeasedBindsOptions,
	openLeasedBinds,
} from "./leased-binds.ts";
import { outcomeLogger } from "./log-outcome.ts";
import { nextStepAfter } from "./next-step.ts";
import { hasJoined, type OutboundMessage, withRepeatUncounted } from "./outbound-messages.ts";
import { type BindAssignment, type PartlySentMessages, partlySentMessages } from "./partly-sent-messages.ts";
import { openRetries, type Retries, type RetryOptions } from "./retries.ts";
import { submitOf } from "./submit-fields.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

export type SubmitterOptions = Omit<LeasedBindsOptions, "onUp" | "onGone"> &
	Pick<RetryOptions, "recheck" | "recordInterrupted"> &
	Pick<LateAnswersOptions, "isBusy" | "recordLate"> & {
		readonly next: () => OutboundMessage | undefined;
		/** For a message with more segments: resolves when the id of the last one is recorded. */
		readonly recordSegment: (outbound: OutboundMessage) => Promise<void>;
		/** Resolves with the message's row when a possible repeat is counted; null if it must not be submitted here. */
		readonly countRepeat: (outbound: OutboundMessage) => Promise<Message | null>;
		/** Resolves when it is recorded. The first `segmentsWritten` segments were recorded before. */
		readonly record: (outbound: OutboundMessage, submission: Submission, segmentsWritten: number) => Promise<void>;
		readonly defer: (outbound: OutboundMessage, seconds: number) => void;
		/** Whether this task still holds all its entries. If false, another task may have received one and may submit it. */
		readonly isHeld: (outbound: OutboundMessage) => boolean;
		/** A message of a paused batch is checked again. */
		readonly picking?: Pick<PickUpDeps, "isBatchPaused">;
		/** There is room for more: a bind came up, or a message has left its queue. */
		readonly onRoom: () => void;
		readonly style: SubmitStyle;
		/** The error numbers of its SMSC, if they differ from the dictionary. */
		readonly errors?: SmscErrors | undefined;
		readonly now: Clock;
		readonly log: Log;
	};

export type Submitter = {
	readonly open: boolean;
	/** Whether to take in more: it is open, and not too many messages wait for their retry. */
	readonly wantsMore: boolean;
	/** Bind leases held, and their share of the rate in segments a second. */
	readonly bindsHeld: number;
	readonly tps: number;
	/** Messages that were submitted, at least in part, and are not yet recorded. */
	readonly exposure: number;
	leasedBinds(): readonly LeasedBindState[];
	pump(): void;
	/** Records the progress of partly sent messages with no submit under way; they are checked again after it. */
	interrupt(): void;
	/** Sends no more, waits for answers and records, and unbinds. */
	stop(): Promise<void>;
};

type State = {
	readonly options: SubmitterOptions;
	readonly leasedBinds: LeasedBinds;
	/** Their next segments go before anything new. */
	readonly partlySent: PartlySentMessages;
	/** Their repeat is counted and not yet submitted. They go before anything new. */
	readonly counted: OutboundMessage[];
	readonly retries: Retries;
	readonly lateAnswers: LateAnswers;
	readonly underWay: OngoingWork;
	exposure: number;
	readonly logOutcome: ReturnType<typeof outcomeLogger>;
	/** When `pump` runs next, by the monotonic clock. */
	wake: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
	stopping: boolean;
};

/** An older row is read again before the submit: the message may have been withdrawn or have expired. */
const readValidMs = 5_000;
/** Limit on messages that wait for their retry, as a multiple of the exposure. */
const retriesPerExposure = 4;
/**
 * Maximum wait here for a message that another entry may have submitted: half of a lane's visibility timeout. If SQS is
 * away, the entry cannot be kept invisible for longer, and a second task could submit by the same claim. Longer waits
 * are spent in the lane.
 */
const waitsMaxMs = 15_000;

/**
 * Sends messages over an operator's binds, in turn and at its rate. At most the exposure is submitted and not recorded:
 * a window of each bind, and a quarter of a second of the rate. So if nothing can be recorded, nothing is sent, and a
 * killed task repeats at most that many messages.
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
		lateAnswers: lateAnswers({ ...options, retries, underWay, settle: (...late) => settleLate(state, ...late) }),
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
		get wantsMore() {
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
	/* Messages that lost their bind continue on another. */
	recordAndRecheckAll(state, state.partlySent.orphaned());
	for (let leasedBind = state.leasedBinds.free(); leasedBind !== undefined; leasedBind = state.leasedBinds.free()) {
		const assignment =
			state.partlySent.next() ?? countedAssignment(state, leasedBind) ?? newAssignment(state, leasedBind);
		if (assignment === undefined) {
			/* Partly sent messages wait for their own binds, which are not the free one. */
			pumpAfter(state, state.leasedBinds.waitMs(state.partlySent.leasedBinds()));
			return;
		}
		if (assignment === "set_aside") continue;
		state.leasedBinds.spendToken(assignment.leasedBind);
		track(state, send(state, assignment));
	}
	pumpAfter(state, state.leasedBinds.waitMs());
}

/** Takes the next counted message. If it is not held or its row is too old, its repeat is uncounted and it is set aside. */
function countedAssignment(state: State, leasedBind: LeasedBind): BindAssignment | "set_aside" | undefined {
	const { options } = state;
	const outbound = state.counted.shift();
	if (outbound === undefined) return undefined;
	if (wasAcceptedLate(state, { outbound, leasedBind })) return "set_aside";
	if (options.isHeld(outbound) && !isStale(options, outbound)) return { outbound, leasedBind };
	recordAndRecheck(state, withRepeatUncounted(outbound));
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
			unusedCountId: undefined,
			readAt: options.now(),
		});
	}
	if (state.stopping) recordAndRecheckAll(state, takeCounted(state));
	pump(state);
}

function interruptAll(state: State): void {
	recordAndRecheckAll(state, [...state.partlySent.all(), ...takeCounted(state)]);
}

const takeCounted = (state: State) => state.counted.splice(0).map(withRepeatUncounted);

function recordAndRecheckAll(state: State, interrupted: readonly OutboundMessage[]): void {
	for (const outbound of interrupted) recordAndRecheck(state, outbound);
}

/** Records the progress of a message that counts in the exposure, and checks it again at once. */
function recordAndRecheck(state: State, outbound: OutboundMessage): void {
	track(state, state.retries.retryAfter({ outbound, afterMs: 0 }));
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

/** Takes the next message. It is set aside if it must wait, be read again or be counted first. */
function newAssignment(state: State, leasedBind: LeasedBind): BindAssignment | "set_aside" | undefined {
	const { options } = state;
	if (state.stopping || state.exposure >= state.leasedBinds.exposureMax) return undefined;
	const outbound = options.next();
	if (outbound === undefined) return undefined;
	options.onRoom();
	state.exposure += 1;
	if (wasAcceptedLate(state, { outbound, leasedBind })) return "set_aside";
	state.exposure -= 1;
	if (!options.isHeld(outbound)) {
		/* The entry comes again with a new handle. Then the row is read again, and the submit is counted as a repeat. */
		options.defer(outbound, 0);
		return "set_aside";
	}
	if (waits(state, outbound)) return "set_aside";
	state.exposure += 1;
	if (isStale(options, outbound)) recordAndRecheck(state, outbound);
	else if (outbound.mayRepeat) track(state, countRepeat(state, outbound));
	else return { outbound, leasedBind };
	return "set_aside";
}

/** Whether the message must wait. After a short wait it is checked again here, whatever becomes of its entry. */
function waits(state: State, outbound: OutboundMessage): boolean {
	const { options } = state;
	const waitMs = (outbound.message.waitsUntil ?? 0) - options.now();
	if (waitMs <= 0) return false;
	if (hasJoined(outbound)) state.retries.recheckAfter(outbound, 0);
	else if (waitMs <= waitsMaxMs) state.retries.recheckAfter(outbound, waitMs);
	else options.defer(outbound, Math.ceil(waitMs / 1_000));
	return true;
}

/** The row is too old, or the message must not go at this second: its window has closed (A14), it has expired, or is paused. */
function isStale({ now: clock, picking = {} }: SubmitterOptions, { message, readAt }: OutboundMessage): boolean {
	const now = clock();
	return (
		now - readAt > readValidMs || decidePickUp(message, now).kind !== "submit" || isOfPausedBatch(picking, message)
	);
}

function track(state: State, work: Promise<void>): void {
	void state.underWay.add(work);
}

async function send(state: State, { outbound, leasedBind }: BindAssignment): Promise<void> {
	leasedBind.inFlight += 1;
	const { style, now } = state.options;
	const { message, text } = outbound;
	/* A resend sets a new time (R32), unless a segment was accepted. */
	const sentAt = (outbound.smscIds.length > 0 ? outbound.sentAt : null) ?? now();
	const { fields, tlvs } = submitOf({ message, text, index: outbound.smscIds.length, style, now: now() });
	const submitted = { outbound: { ...outbound, sentAt, bindIndex: leasedBind.bindIndex }, leasedBind };
	const askedAt = performance.now();
	const outcome = await leasedBind.bind.submit(fields, tlvs);
	const roundTripMs = performance.now() - askedAt;
	leasedBind.inFlight -= 1;
	if (outcome.kind === "unknown") void outcome.late?.then((late) => late && state.lateAnswers.arrived(submitted, late));
	const lateId = state.lateAnswers.take(outbound);
	const isOther = lateId === undefined || outcome.kind === "accepted";
	await settle(state, submitted, isOther ? outcome : { kind: "accepted", smscId: lateId }, roundTripMs);
}

async function settle(
	state: State,
	assignment: BindAssignment,
	outcome: SubmitOutcome,
	roundTripMs?: number,
): Promise<void> {
	state.leasedBinds.answered(assignment.leasedBind, outcome.kind, roundTripMs);
	const finished = applyOutcome(state, assignment, outcome);
	pump(state);
	await finished;
	pump(state);
}

/** The message was in its pause, where it does not count in the exposure. */
function settleLate(state: State, submitted: BindAssignment, late: SubmitOutcome): void {
	state.exposure += 1;
	track(state, settle(state, submitted, late));
}

/** If the next segment was accepted late, the message continues after it. */
function wasAcceptedLate(state: State, assignment: BindAssignment): boolean {
	const smscId = state.lateAnswers.take(assignment.outbound);
	if (smscId !== undefined) track(state, settle(state, assignment, { kind: "accepted", smscId }));
	return smscId !== undefined;
}

/** Acts on the outcome of a segment. Resolves when that is recorded, unless more segments follow. */
async function applyOutcome(
	state: State,
	{ outbound, leasedBind }: BindAssignment,
	outcome: SubmitOutcome,
): Promise<void> {
	const { options } = state;
	if (outcome.kind === "reconnect") leasedBind.bind.renew(`command_status ${outcome.commandStatus}`);
	const step = nextStepAfter(outbound, outcome, { now: options.now(), chance: Math.random() }, options.errors);
	state.logOutcome(step, outcome);
	switch (step.kind) {
		case "next_segment": {
			const recorded = Promise.all([outbound.recorded, options.recordSegment(step.outbound)]);
			const next = { ...step.outbound, recorded };
			/* What is accepted is recorded before the next count: a count is of the first segment that is not recorded. */
			if (next.mayRepeat) await state.retries.retryAfter({ outbound: next, afterMs: 0 });
			else state.partlySent.add({ outbound: next, leasedBind });
			return;
		}
		case "finished":
			await finish(state, step.outbound, step.submission);
			return;
		case "retry":
			await state.retries.retryAfter(step);
	}
}

async function finish(state: State, outbound: OutboundMessage, submission: Submission): Promise<void> {
	await outbound.recorded;
	const accepted = submission.smscIds.length;
	await state.options.record(outbound, submission, submission.refusal === null ? accepted - 1 : accepted);
	state.exposure -= 1;
}
