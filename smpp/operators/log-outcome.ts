import { unknownError } from "#shared/domain/message/error-codes.ts";
import { oncePerKind } from "#shared/flow/once-per-kind.ts";
import type { Log } from "#shared/log.ts";
import type { NextStep } from "./next-step.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

/** Logs no answer and throttling, and each temporary or unknown status once a minute with an example. */
export function outcomeLogger(log: Log): (step: NextStep, outcome: SubmitOutcome) => void {
	const isLogDue = oncePerKind(60_000, () => performance.now());
	return (step, outcome) => {
		const { message, lane, resends } = step.outbound;
		const { messageId: message_id } = message;
		const { operator } = lane;
		switch (outcome.kind) {
			case "unknown":
				log.warn("submit.unanswered", { message_id, operator, resends });
				return;
			case "throttled":
				log.warn("submit.throttled", { operator, command_status: outcome.commandStatus });
				return;
			case "temporary":
			case "reconnect":
				if (!isLogDue(outcome.commandStatus)) return;
				log.warn("submit.refused_for_now", { message_id, operator, command_status: outcome.commandStatus });
				return;
			case "refused":
				if (step.kind !== "finished" || step.submission.refusal?.errorCode !== unknownError) return;
				if (!isLogDue(outcome.commandStatus)) return;
				log.warn("submit.unknown_error", { message_id, operator, command_status: outcome.commandStatus });
		}
	};
}
