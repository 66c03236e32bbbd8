import type { OngoingWork } from "#shared/flow/ongoing-work.ts";
import type { Log } from "#shared/log.ts";
import type { OutboundMessage } from "./outbound-messages.ts";
import type { BindAssignment } from "./partly-sent-messages.ts";
import type { Retries } from "./retries.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

/** Answers after the time limit of their submits (ADR 0068). */
export type LateAnswers = {
	/** Uses the answer for its message, wherever that is now. */
	arrived(submitted: BindAssignment, late: SubmitOutcome): void;
	/** The id of the message's next segment, if that was accepted late. What was kept of the message is forgotten. */
	take(outbound: OutboundMessage): string | undefined;
};

export type LateAnswersOptions = {
	readonly retries: Pick<Retries, "endPause">;
	/** Acts on an outcome as if it had come in time. */
	readonly settle: (submitted: BindAssignment, outcome: SubmitOutcome) => void;
	/** Whether this task is to send the message, or is sending it. */
	readonly isBusy: (messageId: number) => boolean;
	/** Resolves when the id of the last accepted segment is recorded. */
	readonly recordSegment: (accepted: OutboundMessage) => Promise<void>;
	/** The same for a message that has left this task; a whole message is SENT then. */
	readonly recordLate: (accepted: OutboundMessage) => Promise<void>;
	readonly underWay: OngoingWork;
	readonly log: Log;
};

const keptMax = 10_000;

export function lateAnswers(options: LateAnswersOptions): LateAnswers {
	const { retries, settle, isBusy, recordSegment, recordLate, underWay, log } = options;
	/** The furthest segment that was accepted late, of messages that are on their way to another submit. */
	const lateSegments = new Map<number, { readonly segmentIndex: number; readonly smscId: string }>();

	function keep({ message: { messageId }, smscIds }: OutboundMessage, smscId: string): void {
		const segmentIndex = smscIds.length;
		if ((lateSegments.get(messageId)?.segmentIndex ?? -1) >= segmentIndex) return;
		lateSegments.set(messageId, { segmentIndex, smscId });
		const [oldest] = lateSegments.keys();
		if (lateSegments.size > keptMax && oldest !== undefined) lateSegments.delete(oldest);
	}

	/** Records the id, so that the copy's receipt counts. A message that is still here needs no further submit. */
	async function record(outbound: OutboundMessage, smscId: string): Promise<void> {
		const accepted = { ...outbound, smscIds: [...outbound.smscIds, smscId] };
		if (!isBusy(outbound.message.messageId)) return await recordLate(accepted);
		keep(outbound, smscId);
		await recordSegment(accepted);
	}

	return {
		arrived(submitted, late) {
			const { outbound } = submitted;
			const { messageId } = outbound.message;
			const { operator } = outbound.lane;
			const isAccepted = late.kind === "accepted";
			const smscId = isAccepted ? { smsc_id: late.smscId } : {};
			log.info("submit.answered_late", { message_id: messageId, operator, outcome: late.kind, ...smscId });
			/* In the pause after a later submit, only an accepted one counts: the later one may have been accepted too. */
			const isDue = ({ smscIds, resends }: OutboundMessage) =>
				smscIds.length === outbound.smscIds.length && (isAccepted || resends === outbound.resends + 1);
			if (retries.endPause(messageId, isDue)) settle(submitted, late);
			else if (isAccepted) void underWay.add(record(outbound, late.smscId));
		},
		take(outbound) {
			if (lateSegments.size === 0) return undefined;
			const { messageId } = outbound.message;
			const kept = lateSegments.get(messageId);
			lateSegments.delete(messageId);
			return kept?.segmentIndex === outbound.smscIds.length ? kept.smscId : undefined;
		},
	};
}
