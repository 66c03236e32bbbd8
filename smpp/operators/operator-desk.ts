import { lanes } from "#shared/domain/lanes.ts";
import type { Operator } from "#shared/domain/operators.ts";
import type { LaneSource, Log } from "#shared/ports.ts";
import type { PickingUp } from "#shared/usecases/pick-up-messages.ts";
import { type Recording, recordSubmissions, type Submitted } from "#shared/usecases/record-submissions.ts";
import { gathered } from "./gathered.ts";
import { heldEntries } from "./held-entries.ts";
import { type Job, jobQueue } from "./jobs.ts";
import type { Bind, BindHooks } from "./keep-bind.ts";
import { type Intake, laneIntake } from "./lane-intake.ts";
import { lookAgain, type PickUpOptions, pickUpJobs } from "./pick-up-jobs.ts";
import { type Sending, sendingOver } from "./sending.ts";
import { untilDone } from "./until-done.ts";

export type DeskOptions = {
	readonly operator: Operator;
	/** What the operator's contract allows: binds, segments a second over all of them, requests without an answer on each. */
	readonly binds: number;
	readonly tps: number;
	readonly window: number;
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

/** How much of a second's work lies ready: enough to keep the pace, little enough that nothing urgent stands behind it. */
const readySeconds = 0.2;
const readyMin = 25;

/** All that goes to one operator: its four lanes, read as far as its binds can send, and everything written down. */
export function openDesk(options: DeskOptions): Desk {
	const { operator, tps, source, visibilitySeconds, picking, recording, log } = options;
	const jobs = jobQueue();
	const busy = new Set<number>();
	const readyMost = Math.max(readyMin, tps * readySeconds);
	const recorder = gathered<Submitted>(recordingLot, async (lot) => {
		await untilDone(log, "submissions.unrecorded", async () => await recordSubmissions(recording, operator, lot));
	});

	function settle({ lane, handle, message }: Job): void {
		busy.delete(message.messageId);
		ways.find((way) => way.lane === lane)?.held.settle(handle);
	}

	const sending: Sending = sendingOver({
		...options,
		next: jobs.next,
		again: async (job) => {
			const way = ways.find(({ lane }) => lane === job.lane);
			const fresh = way && (await lookAgain(way, job));
			if (fresh) jobs.pushFirst(fresh);
			else settle(job);
		},
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
		.map((lane): PickUpOptions & { intake: Intake } => {
			const held = heldEntries(lane, source, visibilitySeconds, log);
			const pickUp: PickUpOptions = { lane, picking, held, busy, log };
			const intake = laneIntake({
				lane,
				source,
				log,
				wanted: () => sending.bound && jobs.waiting(lane.priority) < readyMost,
				take: async (entries) => {
					for (const job of await pickUpJobs(pickUp, entries)) jobs.push(job);
					sending.pump();
				},
			});
			return { ...pickUp, intake };
		});

	return {
		async stop() {
			await Promise.all(ways.map(({ intake }) => intake.stop()));
			await sending.stop();
			await recorder.drained();
			await Promise.all(ways.map(({ held }) => held.release()));
		},
	};
}
