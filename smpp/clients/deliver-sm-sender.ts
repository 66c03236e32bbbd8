import type { CountEntry } from "#shared/domain/counts/count.ts";
import type { SmppDetails } from "#shared/domain/message/smpp-details.ts";
import { type DelayedCalls, delayedCalls } from "#shared/flow/delayed-calls.ts";
import { type OngoingWork, ongoingWork } from "#shared/flow/ongoing-work.ts";
import type { Log } from "#shared/log.ts";
import type { Metrics } from "#shared/metrics.ts";
import type { Counter } from "#shared/usecases/counts/counter.ts";
import type { WaitingReportBatch } from "#shared/usecases/reports/account-queues.ts";
import { type DeliverSmOutcome, deliverSmOutcome } from "./deliver-sm-outcome.ts";
import type { DeliverSmRequest } from "./deliver-sm-requests.ts";
import type { HeldReportBatches } from "./held-report-batches.ts";
import type { Receiver } from "./receiver.ts";
import type { ReportConfirmer } from "./report-confirmer.ts";
import { backOffAfterFailure, noBackOff, type SessionBackOff } from "./session-back-off.ts";

/** What a client is notified of: one receipt, or the parts of a subscriber's message in order. */
export type Notification = {
	readonly reportBatch: WaitingReportBatch;
	readonly messageId: number;
	readonly requests: readonly DeliverSmRequest[];
	readonly at: number;
	/** What it counts as once the client has it. */
	readonly counts: readonly CountEntry[];
	/** The session and address that submitted the message; null for a message that did not come by SMPP. */
	readonly origin: Pick<SmppDetails, "session" | "address"> | null;
};

export type DeliverSmSenderOptions = {
	readonly held: Pick<HeldReportBatches, "reported" | "failed">;
	readonly confirmer: ReportConfirmer;
	readonly onRoom: () => void;
	/** The time of day, and a monotonic clock. */
	readonly now: () => number;
	readonly monotonic: () => number;
	readonly chance: () => number;
	readonly drainMs: number;
	readonly counter: Counter;
	readonly metrics: Metrics;
	readonly log: Log;
};

export type DeliverSmSender = {
	readonly wantsMore: boolean;
	readonly receivers: number;
	readonly sessions: ReadonlySet<string>;
	push(notifications: readonly Notification[]): void;
	add(receiver: Receiver): void;
	remove(receiver: Receiver): void;
	stop(): Promise<void>;
};

type QueuedNotification = Notification & { readonly tries: number; readonly failedReceiver: Receiver | undefined };
type ReceiverState = { readonly receiver: Receiver; ownInFlight: number; usedAt: number; backOff: SessionBackOff };

type State = {
	readonly options: DeliverSmSenderOptions;
	readonly receiverStates: Map<Receiver, ReceiverState>;
	readonly queue: QueuedNotification[];
	/** What is queued or being sent. The same report may come in two report batch entries. */
	readonly inProgress: Set<string>;
	/** The messages of a report batch that a session refused for good. */
	readonly refused: WeakMap<WaitingReportBatch, readonly number[]>;
	readonly underWay: OngoingWork;
	readonly wakeUps: DelayedCalls;
	/** Messages that were sent and whose report is not yet recorded. */
	exposure: number;
	turn: number;
	stopping: boolean;
};

/** A killed task repeats at most this many messages of an account. While nothing can be recorded, no more are sent. */
const exposureMax = 500;
/** Notifications to hold ready. No other task can send what this one holds. */
const readyMax = 100;
/** Tries of a message, over all sessions, before its report batch goes back to its queue. */
const triesMax = 3;

/** Sends notifications to an account's sessions within their windows. A failed one is tried by another session. */
export function openDeliverSmSender(options: DeliverSmSenderOptions): DeliverSmSender {
	const state: State = {
		options,
		receiverStates: new Map(),
		queue: [],
		inProgress: new Set(),
		refused: new WeakMap(),
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
		get sessions() {
			return new Set([...state.receiverStates.keys()].map(({ session }) => session));
		},
		push(notifications) {
			for (const one of notifications) enqueue(state, one);
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

const nameOf = ({ reportBatch, messageId }: Notification) => `${reportBatch.reportBatch.reportBatchId} ${messageId}`;

/** A report that is in progress already goes back with its batch. It is normally confirmed when the batch comes again. */
function enqueue(state: State, notification: Notification): void {
	const name = nameOf(notification);
	if (state.inProgress.has(name)) {
		state.options.held.failed(notification.reportBatch);
		return;
	}
	state.inProgress.add(name);
	state.queue.push({ ...notification, tries: 0, failedReceiver: undefined });
}

function pump(state: State): void {
	while (!state.stopping && state.exposure < exposureMax) {
		const next = nextDeliverable(state);
		if (next === undefined) break;
		state.queue.splice(next.index, 1);
		void state.underWay.add(deliverNotification(state, next.queued, next.receiverState));
	}
	state.options.onRoom();
}

/** The first that a session has room for: the one whose session is busy waits for it, and does not block the others. */
function nextDeliverable(state: State) {
	const isAnyFree = [...state.receiverStates.values()].some(
		({ receiver, ownInFlight }) => ownInFlight < receiver.windowMax,
	);
	if (!isAnyFree) return undefined;
	for (const [index, queued] of state.queue.entries()) {
		const receiverState = pickReceiver(state, queued);
		if (receiverState !== undefined) return { index, queued, receiverState };
	}
	return undefined;
}

/**
 * The session that submitted the message, as long as it is bound and not backing off. Otherwise one with room: not the
 * one that failed, then of the same address, then the least busy, then the one that was idle longest.
 */
function pickReceiver(
	{ receiverStates, options }: State,
	{ failedReceiver, origin }: QueuedNotification,
): ReceiverState | undefined {
	const now = options.monotonic();
	const ready = [...receiverStates.values()].filter(({ backOff }) => backOff.until <= now);
	const hasRoom = ({ receiver, ownInFlight }: ReceiverState) => ownInFlight < receiver.windowMax;
	const own = ready.find(({ receiver }) => receiver.session === origin?.session && receiver !== failedReceiver);
	if (own !== undefined) return hasRoom(own) ? own : undefined;
	const free = ready.filter(hasRoom);
	const isElsewhere = ({ receiver }: ReceiverState) => Number(origin !== null && receiver.address !== origin.address);
	const load = ({ receiver }: ReceiverState) => receiver.inFlight / receiver.windowMax;
	const failedBy = ({ receiver }: ReceiverState) => Number(receiver === failedReceiver);
	return free.sort(
		(one, other) =>
			failedBy(one) - failedBy(other) ||
			isElsewhere(one) - isElsewhere(other) ||
			load(one) - load(other) ||
			one.usedAt - other.usedAt,
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

/** Sends each part after the previous one was accepted, by one session. The first failure is the outcome. */
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
	const { userName: user_name, reportBatchId: report_batch } = reportBatch.reportBatch;
	receiverState.backOff = noBackOff;
	const refusal = outcome.kind === "refused" ? outcome.why : undefined;
	if (refusal !== undefined) {
		/* Another session would refuse it too, so it is settled. */
		log.warn("report.refused", { user_name, report_batch, message_id: messageId, why: refusal });
		metrics.count("ReportsGivenUp", 1);
	} else metrics.measure("ReportLag", Math.max(0, now() - at));
	pump(state);
	if (!(await confirmer.confirm(reportBatch.reportBatch, messageId, refusal))) held.failed(reportBatch);
	else noteSettled(state, queued, refusal);
	state.inProgress.delete(nameOf(queued));
}

function noteSettled({ options, refused }: State, { reportBatch, messageId, counts }: Notification, refusal?: string) {
	const { userName: user_name, reportBatchId: report_batch, messageIds } = reportBatch.reportBatch;
	const known = refused.get(reportBatch) ?? [];
	if (refusal === undefined) options.counter.add(counts);
	else refused.set(reportBatch, [...known, messageId]);
	const message_ids = messageIds.filter((id) => !refused.get(reportBatch)?.includes(id));
	if (options.held.reported(reportBatch) && message_ids.length > 0)
		options.log.info("report.confirmed", { report_batch, user_name, message_ids });
}

function retry(
	state: State,
	queued: QueuedNotification,
	receiverState: ReceiverState,
	outcome: DeliverSmOutcome,
): void {
	const { log, now, monotonic, chance } = state.options;
	const { userName, reportBatchId } = queued.reportBatch.reportBatch;
	const names = { user_name: userName, report_batch: reportBatchId };
	const backOff = backOffAfterFailure(receiverState.backOff, monotonic(), chance());
	if (backOff !== receiverState.backOff) {
		receiverState.backOff = backOff;
		if (outcome.kind === "unsent") log.warn("report.unsent", names);
		pumpLater(state, receiverState);
	}
	if (outcome.kind === "failed")
		log.warn("report.unconfirmed", { ...names, why: outcome.why, age_ms: Math.max(0, now() - queued.at) });
	const tries = queued.tries + (outcome.kind === "failed" ? 1 : 0);
	if (state.stopping || tries >= triesMax) giveBack(state, queued);
	else state.queue.unshift({ ...queued, tries, failedReceiver: receiverState.receiver });
}

function giveBack(state: State, notification: Notification): void {
	state.inProgress.delete(nameOf(notification));
	state.options.held.failed(notification.reportBatch);
}

/** A timer may fire slightly early: then it is set again. */
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
	for (const queued of state.queue.splice(0)) giveBack(state, queued);
	const limit = Promise.withResolvers<void>();
	const timer = setTimeout(limit.resolve, state.options.drainMs);
	await Promise.race([state.underWay.settled(), limit.promise]);
	clearTimeout(timer);
}
