import { type DelayedCalls, delayedCalls } from "#shared/flow/delayed-calls.ts";
import { type OngoingWork, ongoingWork } from "#shared/flow/ongoing-work.ts";
import type { Log } from "#shared/log.ts";
import type { Metrics } from "#shared/metrics.ts";
import type { WaitingReportBatch } from "#shared/usecases/reports/account-queues.ts";
import { type DeliverSmOutcome, deliverSmOutcome } from "./deliver-sm-outcome.ts";
import type { DeliverSmRequest } from "./deliver-sm-requests.ts";
import type { HeldReportBatches } from "./held-report-batches.ts";
import type { Receiver } from "./receiver.ts";
import type { ReportConfirmer } from "./report-confirmer.ts";
import { backOffAfterFailure, noBackOff, type SessionBackOff } from "./session-back-off.ts";

/** One message that a client is to be told of, and how: one request, or the parts of a text in their order. */
export type Notification = {
	readonly reportBatch: WaitingReportBatch;
	readonly messageId: number;
	readonly requests: readonly DeliverSmRequest[];
	/** When that came about which is told. */
	readonly at: number;
};

export type DeliverSmSenderOptions = {
	readonly held: Pick<HeldReportBatches, "reported" | "failed">;
	readonly confirmer: ReportConfirmer;
	/** There may be room for more. */
	readonly onRoom: () => void;
	/** Of the clock on the wall, and of one that never goes back. */
	readonly now: () => number;
	readonly monotonic: () => number;
	/** From 0 to 1. */
	readonly chance: () => number;
	/** How long a stop waits for answers. */
	readonly drainMs: number;
	readonly metrics: Metrics;
	readonly log: Log;
};

export type DeliverSmSender = {
	/** Whether it is worth while to take in more: a session is ready to take it soon. */
	readonly wantsMore: boolean;
	readonly receivers: number;
	push(notifications: readonly Notification[]): void;
	add(receiver: Receiver): void;
	remove(receiver: Receiver): void;
	/** Tells no more, and waits for the answers that are still to come, at most as long as the limit. */
	stop(): Promise<void>;
};

type QueuedNotification = Notification & { readonly tries: number; readonly last: Receiver | undefined };
type ReceiverState = { readonly receiver: Receiver; ownInFlight: number; usedAt: number; backOff: SessionBackOff };

type State = {
	readonly options: DeliverSmSenderOptions;
	readonly receiverStates: Map<Receiver, ReceiverState>;
	readonly queue: QueuedNotification[];
	readonly underWay: OngoingWork;
	readonly wakeUps: DelayedCalls;
	/** Messages that were handed over and are not written down yet. */
	exposure: number;
	turn: number;
	stopping: boolean;
};

/** A killed task repeats at most so many for an account; while nothing can be written down, no more go. */
const exposureMax = 500;
/** How many lie ready before no more are taken in. What is held here, no other task can report. */
const readyMax = 100;
/** How often a message is tried, by whichever session, before its report batch goes back to its queue. */
const triesMax = 3;

/** Tells an account's sessions what they are to be told: each in turn, as far as its window allows, and again where one fails. */
export function openDeliverSmSender(options: DeliverSmSenderOptions): DeliverSmSender {
	const state: State = {
		options,
		receiverStates: new Map(),
		queue: [],
		underWay: ongoingWork(),
		wakeUps: delayedCalls(),
		exposure: 0,
		turn: 0,
		stopping: false,
	};
	return {
		get wantsMore() {
			const now = options.monotonic();
			const isAnyReady = [...state.receiverStates.values()].some(({ backOff }) => backOff.until <= now);
			return !state.stopping && isAnyReady && state.queue.length < readyMax;
		},
		get receivers() {
			return state.receiverStates.size;
		},
		push(notifications) {
			for (const one of notifications) state.queue.push({ ...one, tries: 0, last: undefined });
			pump(state);
		},
		add(receiver) {
			state.receiverStates.set(receiver, { receiver, ownInFlight: 0, usedAt: 0, backOff: noBackOff });
			pump(state);
		},
		remove: (receiver) => void state.receiverStates.delete(receiver),
		stop: async () => await stop(state),
	};
}

function pump(state: State): void {
	while (!state.stopping && state.exposure < exposureMax) {
		const [queued] = state.queue;
		const receiverState = queued && pickReceiver(state, queued);
		if (queued === undefined || receiverState === undefined) break;
		state.queue.shift();
		void state.underWay.add(deliverNotification(state, queued, receiverState));
	}
	state.options.onRoom();
}

/** One that has room and is not left alone: rather not the one that it failed by, then the least busy, then the one that waited longest. */
function pickReceiver({ receiverStates, options }: State, { last }: QueuedNotification): ReceiverState | undefined {
	const now = options.monotonic();
	const free = [...receiverStates.values()].filter(
		({ receiver, ownInFlight, backOff }) => ownInFlight < receiver.windowMax && backOff.until <= now,
	);
	const load = ({ receiver }: ReceiverState) => receiver.inFlight / receiver.windowMax;
	const failedBy = ({ receiver }: ReceiverState) => Number(receiver === last);
	return free.sort(
		(one, other) => failedBy(one) - failedBy(other) || load(one) - load(other) || one.usedAt - other.usedAt,
	)[0];
}

async function deliverNotification(
	state: State,
	queued: QueuedNotification,
	receiverState: ReceiverState,
): Promise<void> {
	receiverState.ownInFlight += 1;
	state.turn += 1;
	receiverState.usedAt = state.turn;
	state.exposure += 1;
	const outcome = await deliverInOrder(receiverState.receiver, queued.requests);
	receiverState.ownInFlight -= 1;
	if (outcome.kind === "reported" || outcome.kind === "refused") await settle(state, queued, receiverState, outcome);
	else retry(state, queued, receiverState, outcome);
	state.exposure -= 1;
	pump(state);
}

/** All parts by one session, each when the one before it was taken: the first that was not is what became of the whole. */
async function deliverInOrder(receiver: Receiver, requests: readonly DeliverSmRequest[]): Promise<DeliverSmOutcome> {
	for (const request of requests) {
		const outcome = deliverSmOutcome(await receiver.deliver(request));
		if (outcome.kind !== "reported") return outcome;
	}
	return { kind: "reported" };
}

async function settle(
	state: State,
	queued: QueuedNotification,
	receiverState: ReceiverState,
	outcome: DeliverSmOutcome,
): Promise<void> {
	const { held, confirmer, metrics, log, now } = state.options;
	const { reportBatch, messageId, at } = queued;
	receiverState.backOff = noBackOff;
	if (outcome.kind === "refused") {
		/* Nobody else would be told otherwise: it counts as reported, and a person may look into it. */
		const { userName, reportBatchId } = reportBatch.reportBatch;
		log.warn("report.refused", {
			user_name: userName,
			report_batch: reportBatchId,
			message_id: messageId,
			why: outcome.why,
		});
		metrics.count("ReportsGivenUp", 1);
	} else metrics.measure("ReportLag", Math.max(0, now() - at));
	pump(state);
	if (!(await confirmer.confirm(reportBatch.reportBatch, messageId))) held.failed(reportBatch);
	else if (held.reported(reportBatch)) metrics.count("ReportsConfirmed", 1);
}

function retry(
	state: State,
	queued: QueuedNotification,
	receiverState: ReceiverState,
	outcome: DeliverSmOutcome,
): void {
	const { held, metrics, log, now, monotonic, chance } = state.options;
	const { reportBatch } = queued;
	const backOff = backOffAfterFailure(receiverState.backOff, monotonic(), chance());
	if (backOff !== receiverState.backOff) {
		receiverState.backOff = backOff;
		const why = outcome.kind === "failed" ? outcome.why : outcome.kind;
		log.warn("report.unconfirmed", {
			user_name: reportBatch.reportBatch.userName,
			report_batch: reportBatch.reportBatch.reportBatchId,
			why,
		});
		pumpLater(state, receiverState);
	}
	if (outcome.kind === "failed") {
		metrics.count("ReportsUnconfirmed", 1);
		metrics.measure("UnreportedAge", Math.max(0, now() - queued.at));
	}
	const tries = queued.tries + (outcome.kind === "failed" ? 1 : 0);
	if (state.stopping || tries >= triesMax) held.failed(reportBatch);
	else state.queue.unshift({ ...queued, tries, last: receiverState.receiver });
}

/** A timer may fire a moment before the clock says so: then it is set again. */
function pumpLater(state: State, receiverState: ReceiverState): void {
	if (state.stopping) return;
	const leftMs = receiverState.backOff.until - state.options.monotonic();
	if (leftMs <= 0) {
		pump(state);
		return;
	}
	state.wakeUps.add(Math.ceil(leftMs), () => pumpLater(state, receiverState));
}

async function stop(state: State): Promise<void> {
	state.stopping = true;
	state.wakeUps.cancelAll();
	for (const { reportBatch } of state.queue.splice(0)) state.options.held.failed(reportBatch);
	const limit = Promise.withResolvers<void>();
	const timer = setTimeout(limit.resolve, state.options.drainMs);
	await Promise.race([state.underWay.settled(), limit.promise]);
	clearTimeout(timer);
}
