import type { Submission } from "#shared/domain/message-life.ts";
import { finishWithinMs } from "#shared/domain/pick-up.ts";
import type { SmscErrors } from "#shared/domain/smsc-errors.ts";
import { newsOfRefusal } from "#shared/domain/submit-refusal.ts";
import { backOffMs } from "#smpp/back-off.ts";
import { type Job, uncounted } from "./jobs.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

/** What is to be done with a job once there is an outcome of its segment. */
export type NextStep =
	/** It has more segments: the next goes by the same bind. */
	| { readonly kind: "go_on"; readonly job: Job }
	/** All of it was taken, or one segment was refused. */
	| { readonly kind: "over"; readonly job: Job; readonly submission: Submission }
	/** Its segment was not taken, or nobody knows: it is to be looked at again, no sooner than this. */
	| { readonly kind: "again"; readonly job: Job; readonly afterMs: number };

export type Moment = { readonly now: number; readonly chance: number };

/** Before a message is tried again that the SMSC was too busy for, that never left, or that was never answered. */
const throttledPause = { firstMs: 1_000, maxMs: 30_000 };
const unsentPause = { firstMs: 100, maxMs: 5_000 };
const unansweredPause = { firstMs: 1_000, maxMs: 60 * 60_000 };

/**
 * What an outcome makes of the job whose segment it is of.
 * @param errors how the operator's SMSC numbers what went wrong, where that is not as in the dictionary.
 */
export function afterAnswer(job: Job, outcome: SubmitOutcome, { now, chance }: Moment, errors?: SmscErrors): NextStep {
	const { sentAt, delays, resends } = job;
	const over = (ended: Job, refusal: Submission["refusal"]): NextStep => {
		const { smscIds } = ended;
		return {
			kind: "over",
			job: ended,
			submission: { smscIds, sentAt: sentAt ?? now, confirmedAt: now, resends, refusal },
		};
	};
	switch (outcome.kind) {
		case "accepted": {
			const next = { delays: 0, repeats: 0, mayRepeat: false, isCounted: false, isUncounted: false };
			const grown = { ...job, ...next, smscIds: [...job.smscIds, outcome.smscId] };
			return grown.smscIds.length < job.parts ? { kind: "go_on", job: grown } : over(grown, null);
		}
		case "refused":
			return over(job, newsOfRefusal(outcome.commandStatus, now, errors));
		case "throttled":
			return again({ ...uncounted(job), delays: delays + 1 }, backOffMs(throttledPause, delays + 1, chance), now);
		case "unsent":
			/* Another bind may be up: the first time at once. */
			return again(
				{ ...uncounted(job), delays: delays + 1 },
				delays === 0 ? 0 : backOffMs(unsentPause, delays, chance),
				now,
			);
		case "unknown":
			return again(
				{ ...job, resends: resends + 1, mayRepeat: true, isCounted: false, isUncounted: false },
				backOffMs(unansweredPause, resends + 1, chance),
				now,
			);
	}
}

/** No pause lasts longer than the message: it ends when its time does. */
function again(job: Job, afterMs: number, now: number): NextStep {
	const { expiresAt, segments } = job.message;
	const isBegun = job.smscIds.length > 0 || segments.length > 0;
	const leftMs = expiresAt + (isBegun ? finishWithinMs : 0) - now;
	return { kind: "again", job, afterMs: Math.max(0, Math.min(afterMs, leftMs)) };
}
