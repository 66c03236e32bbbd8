import { unknownError } from "../../domain/message/error-codes.ts";
import type { StatusUpdate } from "../../domain/message/message-transitions.ts";
import type { Operator } from "../../domain/message/operators.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";
import { statusOfState } from "../../domain/receipts/receipt-states.ts";
import { plainReason } from "../../domain/receipts/smsc-errors.ts";
import type { Log } from "../../log.ts";
import type { SubmittedSegment } from "../send/submission-store.ts";
import type { ReceiptForms } from "./receipt-forms.ts";

export type SegmentUpdate = {
	readonly segment: SubmittedSegment;
	readonly receipt: Receipt;
	readonly operator: Operator;
	readonly statusUpdate: StatusUpdate;
	/** The receipt is for all segments of its message. */
	readonly isForAll: boolean;
};

type LogUnknownDeps = { readonly log: Log; readonly receiptForms: ReceiptForms };

/** Logs the reasons and states of receipts that are in no table. */
export async function logUnknown(deps: LogUnknownDeps, all: readonly SegmentUpdate[]): Promise<void> {
	logUnknownReasons(deps.log, all);
	await logUnknownStates(deps, all);
}

const listedMax = 20;
const reasonMax = 32;

const hasReason = ({ reason }: Receipt) => !["", "0", unknownError].includes(plainReason(reason));

/** In one event: any message may have such a reason. */
function logUnknownReasons(log: Log, all: readonly SegmentUpdate[]): void {
	const unknown = all.filter(
		({ statusUpdate, receipt }) => statusUpdate.errorCode === unknownError && hasReason(receipt),
	);
	if (unknown.length === 0) return;
	const listed = unknown.slice(0, listedMax).map(({ segment, receipt, operator }) => {
		return { message_id: segment.messageId, operator, err: receipt.reason.slice(0, reasonMax) };
	});
	log.info("receipts.unknown_error", { receipts: unknown.length, listed });
}

const statesMax = 50;
export const unknownState = "unknown state ";

/** Logs each state that is not known, once for each operator: it counts as not final. */
async function logUnknownStates({ log, receiptForms }: LogUnknownDeps, all: readonly SegmentUpdate[]): Promise<void> {
	for (const { segment, receipt, operator } of all) {
		if (statusOfState(receipt.state) !== undefined) continue;
		const known = [...(await receiptForms.of(operator))].filter((form) => form.startsWith(unknownState));
		const isNew = known.length < statesMax && (await receiptForms.learn(operator, unknownState + receipt.state));
		if (isNew) log.warn("receipt.state_unknown", { operator, message_id: segment.messageId, state: receipt.state });
	}
}
