import { defaultSubmitStyle, type SubmitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, lanesOf } from "#shared/domain/message/lanes.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { bufferedMaxFor } from "#shared/domain/send/sending-rules.ts";
import type { LeaseDeps } from "#shared/flow/held-lease.ts";
import type { Log } from "#shared/log.ts";
import type { CountRepeatsDeps, RepeatOutcome } from "#shared/usecases/send/count-repeats.ts";
import { recheckSeconds } from "#shared/usecases/send/lane-claims.ts";
import type { LaneSource } from "#shared/usecases/send/lane-source.ts";
import type { PickUpDeps } from "#shared/usecases/send/pick-up-messages.ts";
import type { RecordDeps } from "#shared/usecases/send/record-submissions.ts";
import { keepBindLeases } from "./bind-leases.ts";
import { keepExpiryScans } from "./expiry-scans.ts";
import { giveBackWhileClosed, requeueFirst, takeAllQueued } from "./give-back-while-closed.ts";
import { type HeldEntries, heldEntries } from "./held-entries.ts";
import { type LaneIntake, laneIntake } from "./lane-intake.ts";
import type { LeasedBindState } from "./leased-binds.ts";
import {
	entryIdsOf,
	type LaneEntryRef,
	type OutboundMessage,
	type OutboundQueue,
	outboundQueue,
} from "./outbound-messages.ts";
import { type FinishedOutbound, pickUpOutbound } from "./pick-up-outbound.ts";
import { recheckBatcher } from "./retries.ts";
import { openSubmissionRecorder, type SubmissionRecorder } from "./submission-recorder.ts";
import { openSubmitter, type Submitter, type SubmitterOptions } from "./submitter.ts";
import { type OldestWaiting, type WaitingAges, waitingAges } from "./waiting-ages.ts";

export type OperatorSenderOptions = Pick<
	SubmitterOptions,
	"binds" | "tps" | "window" | "errors" | "openBind" | "isPaused"
> & {
	readonly operator: Operator;
	/** How its SMSC wants messages handed over, where that is not as usual. */
	readonly style?: SubmitStyle | undefined;
	readonly picking: PickUpDeps;
	readonly recording: RecordDeps & CountRepeatsDeps;
	readonly source: LaneSource;
	readonly visibilitySeconds: number;
	readonly leaseDeps: LeaseDeps;
	/** How long a bind may wait for its answers when it is to go. */
	readonly drainMs: number;
	readonly log: Log;
};

type OutboundEnd = Partial<Omit<FinishedOutbound, "outbound">>;

export type OperatorSender = {
	/** How things stand, for whoever watches. */
	state(): { readonly leasedBinds: readonly LeasedBindState[]; readonly exposure: number };
	/** How long messages wait to be sent, and their lanes to be read: of what was picked up, since this was last asked. */
	waiting(): OldestWaiting & { readonly receiveGapMs: number };
	/** The operator was paused, or is paused no more. */
	wake(): void;
	/** Takes in no more, lets what is on its way arrive and be recorded, gives back the rest, and unbinds. */
	stop(): Promise<void>;
};

/** All that goes to one operator: its four lanes, read as far as its binds can send, and everything written down. */
export function openOperatorSender(options: OperatorSenderOptions): OperatorSender {
	const { operator, style = defaultSubmitStyle, picking, recording, log } = options;
	const { now } = picking;
	const outboundMessages = outboundQueue();
	const busy = new Map<number, LaneEntryRef[]>();
	const ages = waitingAges(now, (messageId) => busy.has(messageId));
	const recorder = openSubmissionRecorder(recording, { operator, repeatsMax: style.repeats_max, now, log });
	const ready = (fresh: readonly OutboundMessage[]) => {
		ages.pickedUp(fresh);
		requeueFirst(outboundMessages, fresh);
		submitter.pump();
	};
	const rechecks = recheckBatcher({ picking, log, ready, ages }, ({ outbound, ...end }) => endOutbound(outbound, end));

	function endOutbound({ lane, message, entries }: OutboundMessage, end: OutboundEnd = {}): void {
		busy.delete(message.messageId);
		const held = openLanes.find((one) => one.lane === lane)?.held;
		if (held !== undefined) releaseEntries(held, entries, end);
	}

	function wake(): void {
		for (const { intake } of openLanes) intake.wake();
		expiryScans.wake();
	}

	const submitter: Submitter = openSubmitter({
		...{ ...options, style, now, next: outboundMessages.next, recheck: rechecks.add, onRoom: wake },
		defer: (outbound, recheckSeconds) => endOutbound(outbound, { recheckSeconds }),
		keepBindLeases: (hooks) => keepBindLeases(options, hooks),
		...recordCallbacks(recorder, endOutbound),
	});
	const giveBack = (outbound: OutboundMessage) => endOutbound(outbound, { recheckSeconds: 0 });
	const closed = giveBackWhileClosed({ submitter, outboundMessages, giveBack });
	const expiryScans = keepExpiryScans({
		...options,
		isOpen: () => submitter.open,
		isBusy: (messageId) => busy.has(messageId),
		laneOldestSeen: ages.laneOldestSeen,
		recheckOwn: async () => void (await Promise.all(takeAllQueued(outboundMessages).map(rechecks.add))),
	});
	/* Last, for it begins to read at once. */
	const shared = { outboundMessages, busy, ages, submitter };
	const openLanes = lanesOf(operator).map((lane) => openLane(lane, { ...options, style }, shared));

	return {
		state: () => ({ leasedBinds: submitter.leasedBinds(), exposure: submitter.exposure }),
		waiting: () => ({ ...ages.oldest(submitter.open), receiveGapMs: receiveGapMsOf(openLanes) }),
		wake() {
			submitter.pump();
			wake();
		},
		async stop() {
			closed.stop();
			await Promise.all([...openLanes.map(({ intake }) => intake.stop()), expiryScans.stop(), submitter.stop()]);
			await recorder.drained();
			await Promise.all(openLanes.map(({ held }) => held.release()));
		},
	};
}

/** An outbound message is over: its entries are done with as far as it is concerned, or come again. One that came since they were checked does so at once. */
function releaseEntries(held: HeldEntries, entries: readonly LaneEntryRef[], end: OutboundEnd): void {
	const { recheckSeconds, checked = entries.length } = end;
	for (const [index, { handle }] of entries.entries()) {
		if (index >= checked) held.giveBack(handle);
		else if (recheckSeconds === undefined) held.settle(handle);
		else held.defer(handle, recheckSeconds);
	}
}

/** For how long the entries of an outbound message are left that was not counted. */
const deferSecondsAfter = {
	ended: undefined,
	heldByOther: recheckSeconds.heldByOther,
	again: 0,
	lost: recheckSeconds.unreadable,
} as const satisfies Record<Exclude<RepeatOutcome["kind"], "counted">, number | undefined>;

const receiveGapMsOf = (openLanes: readonly OpenLane[]) =>
	Math.max(...openLanes.map(({ intake }) => intake.receiveGapMs()));

/** Writes down what becomes of outbound messages, the last of each being that it is over. */
function recordCallbacks(
	recorder: SubmissionRecorder,
	endOutbound: (outbound: OutboundMessage, end?: OutboundEnd) => void,
): Pick<SubmitterOptions, "recordSegment" | "recordInterrupted" | "countRepeat" | "record"> {
	return {
		async countRepeat(outbound) {
			const { message, entries } = outbound;
			const checked = entries.length;
			const outcome = await recorder.repeat({ message, progress: outbound, entryIds: entryIdsOf(outbound) });
			if (outcome.kind === "counted") return outcome.message;
			endOutbound(outbound, { checked, recheckSeconds: deferSecondsAfter[outcome.kind] });
			return null;
		},
		recordSegment: async ({ message, parts, smscIds, sentAt }) => {
			const [segmentIndex, smscId] = [smscIds.length - 1, smscIds.at(-1) ?? ""];
			await recorder.segment({ message, segmentIndex, parts, smscId, submittedAt: sentAt ?? 0 });
		},
		recordInterrupted: async (outbound) =>
			await recorder.interrupted({ message: outbound.message, progress: outbound, entryIds: entryIdsOf(outbound) }),
		record: async (outbound, submission, segmentsWritten) => {
			await recorder.wholeMessage({ message: outbound.message, submission, parts: outbound.parts, segmentsWritten });
			endOutbound(outbound);
		},
	};
}

type OpenLane = { readonly lane: Lane; readonly held: HeldEntries; readonly intake: LaneIntake };
type LaneContext = {
	readonly outboundMessages: OutboundQueue;
	readonly busy: Map<number, LaneEntryRef[]>;
	readonly ages: WaitingAges;
	readonly submitter: Submitter;
};

/** Of one lane: the entries that are held of it, and what reads it as far as its messages can be sent. */
function openLane(
	lane: Lane,
	options: OperatorSenderOptions & { readonly style: SubmitStyle },
	{ outboundMessages, busy, ages, submitter }: LaneContext,
): OpenLane {
	const { style, source, visibilitySeconds, picking, log } = options;
	const held = heldEntries(lane, source, visibilitySeconds, log);
	const ready = (fresh: readonly OutboundMessage[]) => {
		ages.pickedUp(fresh);
		for (const outbound of fresh) outboundMessages.push(outbound);
		submitter.pump();
	};
	const intake = laneIntake({
		lane,
		source,
		log,
		room: () => (submitter.takesMore ? bufferedMaxFor(submitter.tps) - outboundMessages.waiting(lane.priority) : 0),
		take: async (entries) => await pickUpOutbound({ lane, picking, held, busy, style, log, ready }, entries),
	});
	return { lane, held, intake };
}
