import type { Operator } from "#shared/domain/operators.ts";
import { recordedTogether } from "#shared/domain/sending-rules.ts";
import type { Clock, Log } from "#shared/ports.ts";
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
	/** Resolves when nothing that was given before is left. */
	drained(): Promise<void>;
};

/** Writes down what becomes of an operator's messages, many in one call. */
export function openRecorder(recording: Recording, operator: Operator, now: Clock, log: Log): Recorder {
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
	return {
		whole: wholes.add,
		segment: segments.add,
		interrupted: interruptions.add,
		async drained() {
			await Promise.all([wholes.drained(), segments.drained(), interruptions.drained()]);
		},
	};
}
