import type { Clock } from "#shared/clock.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { recordBatching } from "#shared/domain/send/sending-rules.ts";
import { batcher } from "#shared/flow/batcher.ts";
import { retryUntilDone } from "#shared/flow/retry-until-done.ts";
import type { Log } from "#shared/log.ts";
import {
	type CountRepeatsDeps,
	countRepeats,
	type Repeat,
	type RepeatOutcome,
} from "#shared/usecases/send/count-repeats.ts";
import {
	type AcceptedSegment,
	type Interrupted,
	type RecordDeps,
	recordInterrupted,
	recordSegments,
	recordSubmissions,
	type Submitted,
} from "#shared/usecases/send/record-submissions.ts";

export type SubmissionRecorder = {
	/** Each resolves when its argument is recorded. It is tried until that succeeds. */
	wholeMessage(submitted: Submitted): Promise<void>;
	segment(taken: AcceptedSegment): Promise<void>;
	interrupted(interrupted: Interrupted): Promise<void>;
	/** Resolves when a possible repeat is counted, or with the reason not to submit it. */
	repeat(repeat: Omit<Repeat, "countId">): Promise<RepeatOutcome>;
	drained(): Promise<void>;
};

export type SubmissionRecorderOptions = {
	readonly operator: Operator;
	/** An id of this task. */
	readonly task: string;
	/** Maximum repeats of an unanswered submit. */
	readonly repeatsMax: number;
	readonly now: Clock;
	readonly log: Log;
};

type PendingRepeat = { readonly repeat: Repeat; outcome: RepeatOutcome };

export function openSubmissionRecorder(
	recording: RecordDeps & CountRepeatsDeps,
	{ operator, task, repeatsMax, now, log }: SubmissionRecorderOptions,
): SubmissionRecorder {
	let counts = 0;
	const wholeMessages = batcher<Submitted>(recordBatching, async (all) => {
		await retryUntilDone(
			log,
			"submissions.write_failed",
			async () => await recordSubmissions(recording, operator, all),
		);
	});
	const segments = batcher<AcceptedSegment>(recordBatching, async (all) => {
		const step = async () => await recordSegments(recording.submissions, operator, all);
		await retryUntilDone(log, "segments.write_failed", step);
	});
	const interruptions = batcher<Interrupted>(recordBatching, async (all) => {
		await retryUntilDone(log, "interruptions.write_failed", async () => await recordInterrupted(recording, all, now()));
	});
	const repeats = batcher<PendingRepeat>(recordBatching, async (all) => {
		const step = async () =>
			await countRepeats(
				recording,
				{ operator, repeatsMax, now: now() },
				all.map(({ repeat }) => repeat),
			);
		const outcomes = await retryUntilDone(log, "repeats.write_failed", step);
		for (const [index, one] of all.entries()) one.outcome = outcomes?.[index] ?? one.outcome;
	});
	return {
		async repeat(repeat) {
			counts += 1;
			const countId = `${task}#${counts}`;
			const pending: PendingRepeat = { repeat: { ...repeat, countId }, outcome: { kind: "lost" } };
			await repeats.add(pending);
			return pending.outcome;
		},
		wholeMessage: wholeMessages.add,
		segment: segments.add,
		interrupted: interruptions.add,
		async drained() {
			await Promise.all([wholeMessages, segments, interruptions, repeats].map(async (one) => await one.drained()));
		},
	};
}
