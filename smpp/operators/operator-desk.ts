import { type SubmitStyle, usualSubmitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, lanesOf } from "#shared/domain/lanes.ts";
import type { Operator } from "#shared/domain/operators.ts";
import { readyMostOf } from "#shared/domain/sending-rules.ts";
import type { LaneSource, Log } from "#shared/ports.ts";
import type { Repeating, RepeatOutcome } from "#shared/usecases/count-repeats.ts";
import { leftSeconds } from "#shared/usecases/lane-claims.ts";
import type { PickingUp } from "#shared/usecases/pick-up-messages.ts";
import type { Recording } from "#shared/usecases/record-submissions.ts";
import { gathered } from "#smpp/gathered.ts";
import { keepSlots } from "./bind-slots.ts";
import { type HeldEntries, heldEntries } from "./held-entries.ts";
import type { Leasing } from "./held-lease.ts";
import { entryIdsOf, type Job, type JobEntry, type JobQueue, jobQueue } from "./jobs.ts";
import { type Intake, laneIntake } from "./lane-intake.ts";
import { keepRounds } from "./lane-rounds.ts";
import { lookAgain, type OverJob, pickUpJobs } from "./pick-up-jobs.ts";
import { openRecorder, type Recorder } from "./recorder.ts";
import type { SeatState } from "./seats.ts";
import { type Sending, type SendingOptions, sendingOver } from "./sending.ts";
import { type OldestWaiting, type WaitingAges, waitingAges } from "./waiting-ages.ts";
import { giveBackWhileClosed, putBack, takeAll } from "./while-closed.ts";

export type DeskOptions = Pick<SendingOptions, "binds" | "tps" | "window" | "errors" | "openBind" | "isPaused"> & {
	readonly operator: Operator;
	/** How its SMSC wants messages handed over, where that is not as usual. */
	readonly style?: SubmitStyle | undefined;
	readonly picking: PickingUp;
	readonly recording: Recording & Repeating;
	readonly source: LaneSource;
	readonly visibilitySeconds: number;
	readonly leasing: Leasing;
	/** How long a bind may wait for its answers when it is to go. */
	readonly drainMs: number;
	readonly log: Log;
};

type JobEnd = Partial<Omit<OverJob, "job">>;

export type Desk = {
	/** How things stand, for whoever watches. */
	state(): { readonly seats: readonly SeatState[]; readonly exposure: number };
	/** How long messages wait to be sent, and their lanes to be read: of what was picked up, since this was last asked. */
	waiting(): OldestWaiting & { readonly unreadMs: number };
	/** The operator was paused, or is paused no more. */
	wake(): void;
	/** Takes in no more, lets what is on its way arrive and be recorded, gives back the rest, and unbinds. */
	stop(): Promise<void>;
};

/** Jobs that become stale together, as all of a window do when it closes, are looked at in one go. */
const lookingLot = { itemsMax: 100, quietMs: 5, waitMs: 20 };

/** All that goes to one operator: its four lanes, read as far as its binds can send, and everything written down. */
export function openDesk(options: DeskOptions): Desk {
	const { operator, style = usualSubmitStyle, picking, recording, log } = options;
	const jobs = jobQueue();
	const busy = new Map<number, JobEntry[]>();
	const ages = waitingAges(picking.now, (messageId) => busy.has(messageId));
	const recorder = openRecorder(recording, { operator, repeatsMax: style.repeats_max, now: picking.now, log });
	const ready = (fresh: readonly Job[]) => {
		putBack(jobs, fresh);
		sending.pump();
	};
	const looking = lookingAgain({ picking, log, ready, ages }, letGo);

	/** The job is over: its entries are done with as far as it is concerned, or come again. One that came since they were looked at does so at once. */
	function letGo({ lane, message, entries }: Job, { leftSeconds, looked = entries.length }: JobEnd = {}): void {
		busy.delete(message.messageId);
		const held = ways.find((one) => one.lane === lane)?.held;
		for (const [index, { handle }] of entries.entries()) {
			if (index >= looked) held?.giveBack(handle);
			else if (leftSeconds === undefined) held?.settle(handle);
			else held?.leave(handle, leftSeconds);
		}
	}

	function wake(): void {
		for (const { intake } of ways) intake.wake();
		rounds.wake();
	}

	const sending: Sending = sendingOver({
		...{ ...options, style, now: picking.now, next: jobs.next, again: looking.add, onRoom: wake },
		keepSlots: (hooks) => keepSlots(options, hooks),
		...recordsBy(recorder, letGo),
	});
	const closed = giveBackWhileClosed({ sending, jobs, giveBack: (job) => letGo(job, { leftSeconds: 0 }) });
	const rounds = keepRounds({
		...options,
		isOpen: () => sending.open,
		isBusy: (messageId) => busy.has(messageId),
		passedOver: ages.passedOver,
		lookAtOwn: async () => void (await Promise.all(takeAll(jobs).map(looking.add))),
	});
	/* Last, for it begins to read at once. */
	const ways = lanesOf(operator).map((lane) => openWay(lane, { ...options, style }, { jobs, busy, ages, sending }));

	return {
		state: () => ({ seats: sending.seats(), exposure: sending.exposure }),
		waiting: () => ({ ...ages.oldest(sending.open), unreadMs: unreadMsOf(ways) }),
		wake() {
			sending.pump();
			wake();
		},
		async stop() {
			closed.stop();
			await Promise.all([...ways.map(({ intake }) => intake.stop()), rounds.stop(), sending.stop()]);
			await recorder.drained();
			await Promise.all(ways.map(({ held }) => held.release()));
		},
	};
}

/** For how long the entries of a job are left that was not counted. */
const leftAfter = {
	ended: undefined,
	theirs: leftSeconds.theirs,
	again: 0,
	lost: leftSeconds.unreadable,
} as const satisfies Record<Exclude<RepeatOutcome["kind"], "counted">, number | undefined>;

/** Looks at jobs again, all that come together at once, and lets go of those that are over. */
function lookingAgain(
	{ ages, ...deps }: Parameters<typeof lookAgain>[0] & { readonly ages: WaitingAges },
	letGo: (job: Job, end: JobEnd) => void,
) {
	return gathered<Job>(lookingLot, async (lot) => {
		ages.setAside(lot);
		for (const { job, ...end } of await lookAgain(deps, lot)) letGo(job, end);
	});
}

const unreadMsOf = (ways: readonly Way[]) => Math.max(...ways.map(({ intake }) => intake.unreadMs()));

/** Writes down what becomes of jobs, the last of each being that it is over. */
function recordsBy(
	recorder: Recorder,
	letGo: (job: Job, end?: JobEnd) => void,
): Pick<SendingOptions, "recordSegment" | "recordInterrupted" | "countRepeat" | "record"> {
	return {
		async countRepeat(job) {
			const { message, entries } = job;
			const looked = entries.length;
			const outcome = await recorder.repeat({ message, handOver: job, entryIds: entryIdsOf(job) });
			if (outcome.kind === "counted") return outcome.message;
			letGo(job, { looked, leftSeconds: leftAfter[outcome.kind] });
			return null;
		},
		recordSegment: async ({ message, parts, smscIds, sentAt }) => {
			const [segmentIndex, smscId] = [smscIds.length - 1, smscIds.at(-1) ?? ""];
			await recorder.segment({ message, segmentIndex, parts, smscId, submittedAt: sentAt ?? 0 });
		},
		recordInterrupted: async (job) =>
			await recorder.interrupted({ message: job.message, handOver: job, entryIds: entryIdsOf(job) }),
		record: async (job, submission, segmentsWritten) => {
			await recorder.whole({ message: job.message, submission, parts: job.parts, segmentsWritten });
			letGo(job);
		},
	};
}

type Way = { readonly lane: Lane; readonly held: HeldEntries; readonly intake: Intake };
type Middle = {
	readonly jobs: JobQueue;
	readonly busy: Map<number, JobEntry[]>;
	readonly ages: WaitingAges;
	readonly sending: Sending;
};

/** Of one lane: the entries that are held of it, and what reads it as far as its messages can be sent. */
function openWay(
	lane: Lane,
	options: DeskOptions & { readonly style: SubmitStyle },
	{ jobs, busy, ages, sending }: Middle,
): Way {
	const { style, source, visibilitySeconds, picking, log } = options;
	const held = heldEntries(lane, source, visibilitySeconds, log);
	const ready = (fresh: readonly Job[]) => {
		ages.pickedUp(fresh);
		for (const job of fresh) jobs.push(job);
		sending.pump();
	};
	const intake = laneIntake({
		lane,
		source,
		log,
		room: () => (sending.takesMore ? readyMostOf(sending.tps) - jobs.waiting(lane.priority) : 0),
		take: async (entries) => await pickUpJobs({ lane, picking, held, busy, style, log, ready }, entries),
	});
	return { lane, held, intake };
}
