import type { Operator } from "#shared/domain/operators.ts";
import { recordedTogether } from "#shared/domain/sending-rules.ts";
import type { Clock, Log } from "#shared/ports.ts";
import { countRepeats, type Repeat, type Repeating, type RepeatOutcome } from "#shared/usecases/count-repeats.ts";
import {
	type Interrupted,
	type Recording,
	recordInterrupted,
	recordSegments,
	recordSubmissions,
	type Submitted,
	type TakenSegment,
} from "#shared/usecases/record-submissions.ts";
import { gathered } from "#smpp/gathered.ts";
import { untilDone } from "#smpp/until-done.ts";

export type Recorder = {
	/** Each resolves when what it was given is written down; that is tried until it is. */
	whole(submitted: Submitted): Promise<void>;
	segment(taken: TakenSegment): Promise<void>;
	interrupted(interrupted: Interrupted): Promise<void>;
	/** Resolves when a submit that may repeat another is counted, or with that it is not to be submitted. */
	repeat(repeat: Repeat): Promise<RepeatOutcome>;
	/** Resolves when nothing that was given before is left. */
	drained(): Promise<void>;
};

export type RecorderOptions = {
	readonly operator: Operator;
	/** How often a submit that was not answered may be sent again. */
	readonly repeatsMax: number;
	readonly now: Clock;
	readonly log: Log;
};

type Waiting = { readonly repeat: Repeat; outcome: RepeatOutcome };

/** Writes down what becomes of an operator's messages, many in one call. */
export function openRecorder(
	recording: Recording & Repeating,
	{ operator, repeatsMax, now, log }: RecorderOptions,
): Recorder {
	const wholes = gathered<Submitted>(recordedTogether, async (all) => {
		await untilDone(log, "submissions.unrecorded", async () => await recordSubmissions(recording, operator, all));
	});
	const segments = gathered<TakenSegment>(recordedTogether, async (all) => {
		const step = async () => await recordSegments(recording.submissions, operator, all);
		await untilDone(log, "segments.unrecorded", step);
	});
	const interruptions = gathered<Interrupted>(recordedTogether, async (all) => {
		await untilDone(log, "interruptions.unrecorded", async () => await recordInterrupted(recording, all, now()));
	});
	const repeats = gathered<Waiting>(recordedTogether, async (all) => {
		const step = async () =>
			await countRepeats(
				recording,
				{ operator, repeatsMax, now: now() },
				all.map(({ repeat }) => repeat),
			);
		const outcomes = await untilDone(log, "repeats.count_failed", step);
		for (const [index, one] of all.entries()) one.outcome = outcomes?.[index] ?? one.outcome;
	});
	return {
		async repeat(repeat) {
			const counting: Waiting = { repeat, outcome: { kind: "lost" } };
			await repeats.add(counting);
			return counting.outcome;
		},
		whole: wholes.add,
		segment: segments.add,
		interrupted: interruptions.add,
		async drained() {
			await Promise.all([wholes, segments, interruptions, repeats].map(async (one) => await one.drained()));
		},
	};
}
