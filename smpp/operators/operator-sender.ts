import type { Clock } from "#shared/clock.ts";
import type { LaneNote } from "#shared/contracts/lane-note.ts";
import { defaultSubmitStyle, type SubmitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, lanesOf } from "#shared/domain/message/lanes.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { recheckSeconds } from "#shared/domain/send/lane-claims.ts";
import { bufferedMaxFor } from "#shared/domain/send/sending-rules.ts";
import type { LeaseDeps } from "#shared/flow/held-lease.ts";
import type { Log } from "#shared/log.ts";
import type { CountRepeatsDeps, RepeatOutcome } from "#shared/usecases/send/count-repeats.ts";
import type { LaneSource } from "#shared/usecases/send/lane-source.ts";
import type { PickUpDeps } from "#shared/usecases/send/pick-up-messages.ts";
import type { RecordDeps } from "#shared/usecases/send/record-submissions.ts";
import { keepBindLeases } from "./bind-leases.ts";
import { keepExpiryScans } from "./expiry-scans.ts";
import { giveBackWhileClosed, requeueFirst, takeAllQueued } from "./give-back-while-closed.ts";
import { type HeldEntries, heldEntries } from "./held-entries.ts";
import { type LaneIntake, laneIntake } from "./lane-intake.ts";
import { type LaneTally, laneTally } from "./lane-tally.ts";
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
	readonly style?: SubmitStyle | undefined;
	readonly picking: PickUpDeps;
	readonly recording: RecordDeps & CountRepeatsDeps;
	readonly source: LaneSource;
	readonly visibilitySeconds: number;
	readonly leaseDeps: LeaseDeps;
	/** How long a bind that is given up may wait for answers. */
	readonly drainMs: number;
	readonly log: Log;
};

type OutboundEnd = Partial<Omit<FinishedOutbound, "outbound">>;

export type OperatorSender = {
	state(): { readonly leasedBinds: readonly LeasedBindState[]; readonly exposure: number };
	/** How long messages and lanes wait, among those seen since the last call. */
	waiting(): OldestWaiting & { readonly receiveGapMs: number };
	wake(): void;
	/** What it received lately from its lanes; null: nothing yet. */
	laneNote(): LaneNote | null;
	/** Reads no more, waits for answers and records, gives back the rest, and unbinds. */
	stop(): Promise<void>;
};

/** Sends to one operator: reads its four lanes as far as its binds can send, and records what happens. */
export function openOperatorSender(options: OperatorSenderOptions): OperatorSender {
	const { operator, style = defaultSubmitStyle, picking, recording, log } = options;
	const { now } = picking;
	const outboundMessages = outboundQueue();
	const busy = new Map<number, LaneEntryRef[]>();
	const held = heldByLane(options);
	const ages = waitingAges(now, (messageId) => busy.has(messageId));
	const limits = { operator, task: options.leaseDeps.holder, repeatsMax: style.repeats_max, now, log };
	const recorder = openSubmissionRecorder(recording, limits);
	const ready = (fresh: readonly OutboundMessage[]) => {
		ages.pickedUp(fresh);
		requeueFirst(outboundMessages, fresh);
		submitter.pump();
	};
	const rechecks = recheckBatcher({ picking, log, ready, ages }, ({ outbound, ...end }) => endOutbound(outbound, end));

	function endOutbound({ lane, message, entries }: OutboundMessage, end: OutboundEnd = {}): void {
		busy.delete(message.messageId);
		endParts(held.get(lane), entries, end);
	}

	function wake(): void {
		for (const reader of [...intakes, expiryScans]) reader.wake();
	}

	const submitter: Submitter = openSubmitter({
		...{ ...options, style, now, next: outboundMessages.next, recheck: rechecks.add, onRoom: wake },
		defer: (outbound, recheckSeconds) => endOutbound(outbound, { recheckSeconds }),
		isBusy: (messageId) => busy.has(messageId),
		isHeld: ({ lane, entries }) => entries.every(({ handle }) => held.get(lane)?.isHeld(handle)),
		keepBindLeases: (hooks) => keepBindLeases(options, hooks),
		...recordCallbacks(recorder, endOutbound, now),
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
	const shared = { outboundMessages, busy, ages, submitter, tally: laneTally() };
	const intakes = [...held].map((heldLane) => openLane(heldLane, { ...options, style }, shared));

	return {
		state: () => ({ leasedBinds: submitter.leasedBinds(), exposure: submitter.exposure }),
		laneNote: shared.tally.note,
		waiting: () => ({ ...ages.oldest(submitter.open), receiveGapMs: receiveGapMsOf(intakes) }),
		wake() {
			submitter.pump();
			wake();
		},
		async stop() {
			closed.stop();
			await stopAll([...intakes, expiryScans, submitter], recorder, [...held.values()]);
		},
	};
}

async function stopAll(
	parts: readonly { readonly stop: () => Promise<void> }[],
	recorder: SubmissionRecorder,
	held: readonly HeldEntries[],
): Promise<void> {
	await Promise.all(parts.map((one) => one.stop()));
	await recorder.drained();
	await Promise.all(held.map((one) => one.release()));
}

/** Ends the message's part in each of its entries: settles or defers it, or gives it back if the entry came after the last check. */
function endParts(held: HeldEntries | undefined, entries: readonly LaneEntryRef[], end: OutboundEnd): void {
	const { recheckSeconds, checked = entries.length } = end;
	for (const [index, { handle }] of entries.entries()) {
		if (index >= checked) held?.giveBack(handle);
		else if (recheckSeconds === undefined) held?.settle(handle);
		else held?.defer(handle, recheckSeconds);
	}
}

/** If a repeat was not counted: the seconds until its message's entries come again; undefined if they are settled. */
const deferSecondsAfter = {
	ended: undefined,
	heldByOther: recheckSeconds.heldByOther,
	again: 0,
	lost: recheckSeconds.unreadable,
} as const satisfies Record<Exclude<RepeatOutcome["kind"], "counted">, number | undefined>;

const receiveGapMsOf = (intakes: readonly LaneIntake[]) => Math.max(...intakes.map((one) => one.receiveGapMs()));

function recordCallbacks(
	recorder: SubmissionRecorder,
	endOutbound: (outbound: OutboundMessage, end?: OutboundEnd) => void,
	now: Clock,
): Pick<SubmitterOptions, "recordSegment" | "recordInterrupted" | "recordLate" | "countRepeat" | "record"> {
	async function recordSegment({ message, parts, smscIds, sentAt }: OutboundMessage): Promise<void> {
		const [segmentIndex, smscId] = [smscIds.length - 1, smscIds.at(-1) ?? ""];
		await recorder.segment({ message, segmentIndex, parts, smscId, submittedAt: sentAt ?? 0 });
	}

	return {
		async countRepeat(outbound) {
			const { message, parts, entries } = outbound;
			const checked = entries.length;
			const outcome = await recorder.repeat({ message, progress: outbound, parts, entryIds: entryIdsOf(outbound) });
			if (outcome.kind === "counted") return outcome.message;
			endOutbound(outbound, { checked, recheckSeconds: deferSecondsAfter[outcome.kind] });
			return null;
		},
		recordSegment,
		recordInterrupted: async (outbound) =>
			await recorder.interrupted({ message: outbound.message, progress: outbound, entryIds: entryIdsOf(outbound) }),
		/* Another process may have the message by now: only a whole one is recorded as submitted. */
		recordLate: async (accepted) => {
			const { message, parts, smscIds, sentAt, bindIndex, attempts, resends } = accepted;
			const times = { sentAt: sentAt ?? now(), confirmedAt: now() };
			const submission = { smscIds, ...times, bindIndex, attempts, resends, refusal: null };
			const segmentsWritten = smscIds.length - 1;
			if (smscIds.length === parts) await recorder.wholeMessage({ message, submission, parts, segmentsWritten });
			else await recordSegment(accepted);
		},
		record: async (outbound, submission, segmentsWritten) => {
			await recorder.wholeMessage({ message: outbound.message, submission, parts: outbound.parts, segmentsWritten });
			endOutbound(outbound);
		},
	};
}

function heldByLane(options: OperatorSenderOptions): ReadonlyMap<Lane, HeldEntries> {
	const { operator, source, visibilitySeconds, log } = options;
	return new Map(lanesOf(operator).map((lane) => [lane, heldEntries(lane, source, visibilitySeconds, log)]));
}

type LaneContext = {
	readonly outboundMessages: OutboundQueue;
	readonly busy: Map<number, LaneEntryRef[]>;
	readonly ages: WaitingAges;
	readonly submitter: Submitter;
	readonly tally: LaneTally;
};

function openLane(
	[lane, held]: readonly [Lane, HeldEntries],
	options: OperatorSenderOptions & { readonly style: SubmitStyle },
	{ outboundMessages, busy, ages, submitter, tally }: LaneContext,
): LaneIntake {
	const { style, source, picking, log } = options;
	const ready = (fresh: readonly OutboundMessage[]) => {
		ages.pickedUp(fresh);
		for (const outbound of fresh) outboundMessages.push(outbound);
		submitter.pump();
	};
	return laneIntake({
		lane,
		source,
		log,
		room: () => (submitter.wantsMore ? bufferedMaxFor(submitter.tps) - outboundMessages.waiting(lane.priority) : 0),
		async take(entries) {
			tally.received(lane, entries);
			return await pickUpOutbound({ lane, picking, held, busy, style, log, ready }, entries);
		},
	});
}
