import { type Lane, lanes } from "#shared/domain/lanes.ts";
import type { Operator } from "#shared/domain/operators.ts";
import type { SmscErrors } from "#shared/domain/smsc-errors.ts";
import type { LaneSource, Log } from "#shared/ports.ts";
import type { PickingUp } from "#shared/usecases/pick-up-messages.ts";
import { type Recording, recordSubmissions, type Submitted } from "#shared/usecases/record-submissions.ts";
import { gathered } from "#smpp/gathered.ts";
import { type HeldEntries, heldEntries } from "./held-entries.ts";
import { type Job, type JobQueue, jobQueue } from "./jobs.ts";
import type { Bind, BindHooks } from "./keep-bind.ts";
import { type Intake, laneIntake } from "./lane-intake.ts";
import { lookAgain, pickUpJobs } from "./pick-up-jobs.ts";
import { type Sending, sendingOver } from "./sending.ts";
import { untilDone } from "./until-done.ts";

export type DeskOptions = {
	readonly operator: Operator;
	/** What the operator's contract allows: binds, segments a second over all of them, requests without an answer on each. */
	readonly binds: number;
	readonly tps: number;
	readonly window: number;
	/** How its SMSC numbers what went wrong, where that is not as in the dictionary. */
	readonly errors?: SmscErrors | undefined;
	readonly openBind: (hooks: Pick<BindHooks, "onUp" | "onDown">) => Bind;
	readonly picking: PickingUp;
	readonly recording: Recording;
	readonly source: LaneSource;
	readonly visibilitySeconds: number;
	readonly log: Log;
};

export type Desk = {
	/** Takes in no more, lets what is on its way arrive and be recorded, gives back the rest, and unbinds. */
	stop(): Promise<void>;
};

/** As many as one call writes, and how long the first may wait for them. */
const recordingLot = { itemsMax: 25, waitMs: 15 };

/** Jobs that become stale together, as all of a window do when it closes, are looked at in one go. */
const lookingLot = { itemsMax: 100, waitMs: 5 };

/** How much of a second's work lies ready: enough to keep the pace, little enough that nothing urgent stands behind it. */
const readySeconds = 0.2;
const readyMin = 25;

/** All that goes to one operator: its four lanes, read as far as its binds can send, and everything written down. */
export function openDesk(options: DeskOptions): Desk {
	const { operator, picking, recording, log } = options;
	const jobs = jobQueue();
	const busy = new Map<number, string[]>();
	const recorder = gathered<Submitted>(recordingLot, async (lot) => {
		await untilDone(log, "submissions.unrecorded", async () => await recordSubmissions(recording, operator, lot));
	});

	function settle({ lane, message }: Job): void {
		const handles = busy.get(message.messageId) ?? [];
		busy.delete(message.messageId);
		const way = ways.find((one) => one.lane === lane);
		for (const handle of handles) way?.held.settle(handle);
	}

	const looking = gathered<Job>(lookingLot, async (lot) => {
		const ready = (fresh: readonly Job[]) => {
			/* Each goes before all others of its account: so the last comes first. */
			for (const job of fresh.toReversed()) jobs.pushFirst(job);
			sending.pump();
		};
		for (const job of await lookAgain({ picking, log, ready }, lot)) settle(job);
	});

	const sending: Sending = sendingOver({
		...options,
		now: picking.now,
		next: jobs.next,
		again: looking.add,
		record: async (job, submission) => {
			await recorder.add({ message: job.message, submission });
			settle(job);
		},
		onRoom: () => {
			for (const { intake } of ways) intake.wake();
		},
	});

	/* Last, for it begins to read at once. */
	const ways = lanes
		.filter((lane) => lane.operator === operator)
		.map((lane) => openWay(lane, options, { jobs, busy, sending }));

	return {
		async stop() {
			await Promise.all(ways.map(({ intake }) => intake.stop()));
			await sending.stop();
			await recorder.drained();
			await Promise.all(ways.map(({ held }) => held.release()));
		},
	};
}

type Way = { readonly lane: Lane; readonly held: HeldEntries; readonly intake: Intake };
type Middle = { readonly jobs: JobQueue; readonly busy: Map<number, string[]>; readonly sending: Sending };

/** Of one lane: the entries that are held of it, and what reads it as far as its messages can be sent. */
function openWay(lane: Lane, options: DeskOptions, { jobs, busy, sending }: Middle): Way {
	const { tps, source, visibilitySeconds, picking, log } = options;
	const readyMost = Math.max(readyMin, tps * readySeconds);
	const held = heldEntries(lane, source, visibilitySeconds, log);
	const ready = (fresh: readonly Job[]) => {
		for (const job of fresh) jobs.push(job);
		sending.pump();
	};
	const intake = laneIntake({
		lane,
		source,
		log,
		wanted: () => sending.takesMore && jobs.waiting(lane.priority) < readyMost,
		take: async (entries) => await pickUpJobs({ lane, picking, held, busy, log, ready }, entries),
	});
	return { lane, held, intake };
}
