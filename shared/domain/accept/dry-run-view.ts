import { errorText } from "../message/error-codes.ts";
import type { Message } from "../message/message.ts";
import { rnCodes } from "../message/operators.ts";
import { Refusal } from "../message/refusal.ts";
import { isFinal } from "../message/statuses.ts";
import { earliestSendAt } from "../schedule/send-time.ts";
import { almatyText } from "../time/almaty-time.ts";

/** The answer to a message that was only tried (A52). */
export function dryRunMessageView(row: Message) {
	return {
		dry_run: true as const,
		message_status: row.status,
		error_code: row.errorCode,
		segment_count: row.segmentCount,
		rn_code: row.operator === null ? null : rnCodes[row.operator],
		send_time: almatyText(earliestSendAt(row, row.acceptedAt)),
		expire_date: almatyText(row.expiresAt),
	};
}

export type DryRunRefusal = {
	readonly index: number;
	readonly error_code: string | null;
	readonly error_message: string;
	readonly field: string | null;
};

/** The answer to a batch that was only tried (A52). A message that would end at once is not counted, but listed. */
export function dryRunBatchView(drafts: readonly (Message | Refusal)[]) {
	const rows = drafts.filter((draft): draft is Message => !(draft instanceof Refusal) && !isFinal(draft.status));
	return {
		dry_run: true as const,
		accepted_count: rows.length,
		segment_count: rows.reduce((sum, { segmentCount }) => sum + segmentCount, 0),
		refused: drafts.flatMap((draft, index): readonly DryRunRefusal[] => {
			if (draft instanceof Refusal) return [refusedAt(index, draft)];
			return isFinal(draft.status) ? [refusedAt(index, { code: draft.errorCode, message: "", field: null })] : [];
		}),
	};
}

type Why = { readonly code: string | null; readonly message: string; readonly field: string | null };

function refusedAt(index: number, { code, message, field }: Why): DryRunRefusal {
	return { index, error_code: code, error_message: message || (errorText(code) ?? ""), field };
}

/** The answer to a batch that was only tried, and accepted before: it would be replayed. */
export const dryRunReplayView = (batchId: number) => ({ dry_run: true as const, batch_id: String(batchId) });
