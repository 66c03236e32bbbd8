import type { Operator } from "../../domain/message/operators.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";
import { isLateCheck } from "../../domain/receipts/receipt-checks.ts";
import {
	alternativeIds,
	type IdCandidate,
	type IdFormat,
	isAmbiguous,
	type LearnedIdFormats,
	provesFormat,
	type ReceiptIdRule,
} from "../../domain/receipts/receipt-ids.ts";
import { smscRef } from "../../domain/receipts/smsc-ref.ts";
import type { Log } from "../../log.ts";
import type { SubmissionStore, SubmittedSegment } from "../send/submission-store.ts";
import type { ReceiptBatch } from "./receipt-queue.ts";

export type FindSubmissionsDeps = {
	readonly submissions: Pick<SubmissionStore, "find">;
	/** The format of ids in receipts, for operators with this setting. */
	readonly receiptIds?: { readonly [Name in Operator]?: ReceiptIdRule | undefined };
	/** For the other operators: the formats that this process has seen. The caller keeps it between calls. */
	readonly learnedIdFormats: LearnedIdFormats;
	readonly log: Log;
};

/** An id to look up. `format`: null if it is the id as the receipt writes it. */
type Candidate = Omit<IdCandidate, "format"> & { readonly format: IdFormat | null };

type Wanted = {
	readonly operator: Operator;
	readonly receipt: Receipt;
	/** `late` is looked up only if `first` finds nothing, and is empty before the late checks. */
	readonly candidates: { readonly first: readonly Candidate[]; readonly late: readonly Candidate[] };
};

type Found = { readonly form: Candidate; readonly row: SubmittedSegment };

/** The clocks of the task that submits and of the task that gets the receipt may differ by this. */
const clockSkewMaxMs = 5_000;

/**
 * Finds the segment of each receipt; receipts without a submission are left out. The id is looked up as the receipt
 * writes it, or in the operator's known format. Other forms are looked up in late checks only: earlier, the right
 * submission may not be recorded yet, and another form of the id may be another segment's own id. Such a segment counts
 * only if it was submitted before the receipt came.
 */
export async function findSubmissions(
	deps: FindSubmissionsDeps,
	receiptBatches: readonly ReceiptBatch[],
): Promise<ReadonlyMap<Receipt, SubmittedSegment>> {
	const wanted = receiptBatches.flatMap(({ operator, receipts, checks }) =>
		receipts.map(
			(receipt): Wanted => ({ operator, receipt, candidates: candidatesOf(deps, operator, receipt, checks) }),
		),
	);
	const found = new Map<Receipt, SubmittedSegment>();
	for (const step of ["first", "late"] as const) {
		const open = wanted.filter(({ receipt, candidates }) => !found.has(receipt) && candidates[step].length > 0);
		const refs = open.flatMap((one) => one.candidates[step].map(({ id }) => refOf(one, id)));
		const rows = refs.length === 0 ? new Map<string, SubmittedSegment>() : await deps.submissions.find(refs);
		for (const one of open) {
			const match = matchOf(one, one.candidates[step], rows);
			if (match === undefined) continue;
			found.set(one.receipt, match.row);
			learnFormat(deps, one, match.form);
		}
	}
	return found;
}

const refOf = ({ operator, receipt }: Wanted, id: string) => smscRef(operator, receipt.recipient, id);

function candidatesOf(
	deps: FindSubmissionsDeps,
	operator: Operator,
	{ smscId }: Receipt,
	checks: number,
): Wanted["candidates"] {
	const rule = deps.receiptIds?.[operator];
	const exact: Candidate = { id: smscId, format: null };
	const others = alternativeIds(smscId, rule);
	const known = rule === undefined ? knownOf(deps.learnedIdFormats.get(operator), others) : others;
	/* An operator that writes ids in another base always does: the id as written would be that of another segment. */
	const isOtherBase = known.some(({ format }) => isAmbiguous(format));
	const first: readonly Candidate[] = isOtherBase ? known : [exact, ...known];
	const late = [exact, ...others].filter((form) => !first.includes(form));
	return { first, late: isLateCheck(checks) ? late : [] };
}

/** The forms of an id that the operator was seen to use. */
function knownOf(learned: ReturnType<LearnedIdFormats["get"]>, others: readonly IdCandidate[]): readonly IdCandidate[] {
	return others.filter(({ format }) => learned?.has(format) && !(isAmbiguous(format) && learned.has("same")));
}

/** The id as the receipt writes it counts first. If other forms lead to different segments, none counts. */
function matchOf(
	one: Wanted,
	candidates: readonly Candidate[],
	rows: ReadonlyMap<string, SubmittedSegment>,
): Found | undefined {
	const found = candidates.flatMap((form): Found[] => {
		const row = rows.get(refOf(one, form.id));
		const isPossible = row !== undefined && (form.format === null || row.submittedAt <= submittedBy(one));
		return isPossible ? [{ form, row }] : [];
	});
	const [first] = found;
	if (first === undefined || first.form.format === null) return first;
	return found.every(({ row }) => isSameSegment(row, first.row)) ? first : undefined;
}

/** The latest time at which the segment of this receipt was submitted. */
const submittedBy = ({ receipt }: Wanted) => receipt.receivedAt + clockSkewMaxMs;

function isSameSegment(one: SubmittedSegment, other: SubmittedSegment): boolean {
	return one.messageId === other.messageId && one.segmentIndex === other.segmentIndex;
}

/** Learns the format, and logs it once: as a setting of the operator (`receipt_ids`) it saves the wait for late checks. */
function learnFormat(
	{ receiptIds, learnedIdFormats, log }: FindSubmissionsDeps,
	{ operator, receipt, candidates }: Wanted,
	{ id, format }: Candidate,
): void {
	if (receiptIds?.[operator] !== undefined) return;
	const learned = learnedIdFormats.get(operator) ?? new Set();
	const rule = format ?? "same";
	/* A match of the id as written is informative only if another format was expected. */
	const isInformative =
		format === null ? candidates.first.every((form) => form.format !== null) : provesFormat(receipt.smscId, id, format);
	if (!isInformative || learned.has(rule)) return;
	learnedIdFormats.set(operator, learned.add(rule));
	log.info("receipt.id_format_learned", { operator, rule, receipt_id: receipt.smscId, submit_id: id });
}
