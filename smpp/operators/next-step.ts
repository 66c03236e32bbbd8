import type { Submission } from "#shared/domain/message/message-transitions.ts";
import type { SmscErrors } from "#shared/domain/receipts/smsc-errors.ts";
import { finishWithinMs } from "#shared/domain/send/pick-up.ts";
import { statusUpdateOfRefusal } from "#shared/domain/send/submit-refusal.ts";
import { backOffMs } from "#shared/flow/back-off.ts";
import { type OutboundMessage, withRepeatUncounted } from "./outbound-messages.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

/** What is to be done with an outbound message once there is an outcome of its segment. */
export type NextStep =
	/** It has more segments: the next goes by the same bind. */
	| { readonly kind: "next_segment"; readonly outbound: OutboundMessage }
	/** All of it was taken, or one segment was refused. */
	| { readonly kind: "finished"; readonly outbound: OutboundMessage; readonly submission: Submission }
	/** Its segment was not taken, or nobody knows: it is to be checked again, no sooner than this. */
	| { readonly kind: "retry"; readonly outbound: OutboundMessage; readonly afterMs: number };

export type StepContext = { readonly now: number; readonly chance: number };

/** Before a message is tried again that the SMSC was too busy for, that never left, or that was never answered. */
const throttledPause = { firstMs: 1_000, maxMs: 30_000 };
const unsentPause = { firstMs: 100, maxMs: 5_000 };
const unansweredPause = { firstMs: 1_000, maxMs: 60 * 60_000 };

/**
 * What an outcome makes of the outbound message whose segment it is of.
 * @param errors how the operator's SMSC numbers what went wrong, where that is not as in the dictionary.
 */
export function nextStepAfter(
	outbound: OutboundMessage,
	outcome: SubmitOutcome,
	{ now, chance }: StepContext,
	errors?: SmscErrors,
): NextStep {
	const { sentAt, delays, resends } = outbound;
	const finished = (ended: OutboundMessage, refusal: Submission["refusal"]): NextStep => {
		const { smscIds } = ended;
		return {
			kind: "finished",
			outbound: ended,
			submission: { smscIds, sentAt: sentAt ?? now, confirmedAt: now, resends, refusal },
		};
	};
	switch (outcome.kind) {
		case "accepted": {
			const next = { delays: 0, repeats: 0, mayRepeat: false, isRepeatCounted: false, isOvercounted: false };
			const advanced = { ...outbound, ...next, smscIds: [...outbound.smscIds, outcome.smscId] };
			return advanced.smscIds.length < outbound.parts
				? { kind: "next_segment", outbound: advanced }
				: finished(advanced, null);
		}
		case "refused":
			return finished(outbound, statusUpdateOfRefusal(outcome.commandStatus, now, errors));
		case "throttled":
			return retryLater(
				{ ...withRepeatUncounted(outbound), delays: delays + 1 },
				backOffMs(throttledPause, delays + 1, chance),
				now,
			);
		case "unsent":
			/* Another bind may be up: the first time at once. */
			return retryLater(
				{ ...withRepeatUncounted(outbound), delays: delays + 1 },
				delays === 0 ? 0 : backOffMs(unsentPause, delays, chance),
				now,
			);
		case "unknown":
			return retryLater(
				{ ...outbound, resends: resends + 1, mayRepeat: true, isRepeatCounted: false, isOvercounted: false },
				backOffMs(unansweredPause, resends + 1, chance),
				now,
			);
	}
}

/** No pause lasts longer than the message: it ends when its time does. */
function retryLater(outbound: OutboundMessage, afterMs: number, now: number): NextStep {
	const { expiresAt, segments } = outbound.message;
	const isBegun = outbound.smscIds.length > 0 || segments.length > 0;
	const leftMs = expiresAt + (isBegun ? finishWithinMs : 0) - now;
	return { kind: "retry", outbound, afterMs: Math.max(0, Math.min(afterMs, leftMs)) };
}
