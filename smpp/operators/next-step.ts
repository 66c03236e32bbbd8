import type { Submission } from "#shared/domain/message/message-transitions.ts";
import type { SmscErrors } from "#shared/domain/receipts/smsc-errors.ts";
import { statusUpdateOfRefusal } from "#shared/domain/send/submit-refusal.ts";
import type { OutboundMessage } from "./outbound-messages.ts";
import { type RetryStep, retryStep } from "./retries.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

export type NextStep =
	| { readonly kind: "next_segment"; readonly outbound: OutboundMessage }
	/** All segments were accepted, or one was refused. */
	| { readonly kind: "finished"; readonly outbound: OutboundMessage; readonly submission: Submission }
	/** The SMSC did not accept the segment, or did not answer. The message is checked again after the pause. */
	| RetryStep;

export type StepContext = { readonly now: number; readonly chance: number };

/** @param errors the error numbers of its SMSC, if they differ from the dictionary. */
export function nextStepAfter(
	outbound: OutboundMessage,
	outcome: SubmitOutcome,
	context: StepContext,
	errors?: SmscErrors,
): NextStep {
	const { now } = context;
	const { sentAt, resends } = outbound;
	const finished = (ended: OutboundMessage, refusal: Submission["refusal"]): NextStep => {
		const { smscIds, bindIndex, attempts } = ended;
		return {
			kind: "finished",
			outbound: ended,
			submission: { smscIds, sentAt: sentAt ?? now, confirmedAt: now, bindIndex, attempts, resends, refusal },
		};
	};
	switch (outcome.kind) {
		case "accepted": {
			const counts = { failuresInRow: 0, repeats: 0, isRepeatCounted: false, unusedCountId: undefined };
			const advanced = {
				...outbound,
				...counts,
				mayRepeat: outbound.mayRepeatLater,
				refused: null,
				smscIds: [...outbound.smscIds, outcome.smscId],
			};
			return advanced.smscIds.length < outbound.parts
				? { kind: "next_segment", outbound: advanced }
				: finished(advanced, null);
		}
		case "refused":
			return finished(outbound, statusUpdateOfRefusal(outcome.commandStatus, now, errors));
		default:
			return retryStep(outbound, outcome, context, errors);
	}
}
