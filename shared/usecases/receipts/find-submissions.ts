import type { Operator } from "../../domain/message/operators.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";
import { isLateCheck } from "../../domain/receipts/receipt-checks.ts";
import { provesFormat, type ReceiptIdRule } from "../../domain/receipts/receipt-ids.ts";
import { fitsMask } from "../../domain/receipts/recipient-mask.ts";
import { smscRef } from "../../domain/receipts/smsc-ref.ts";
import {
	type Candidate,
	candidateSteps,
	isExact,
	isIdAlone,
	isOtherBase,
	isSet,
	sameForm,
} from "../../domain/receipts/submission-candidates.ts";
import type { Log } from "../../log.ts";
import type { SubmissionStore, SubmittedSegment } from "../send/submission-store.ts";
import type { ReceiptForms } from "./receipt-forms.ts";
import type { ReceiptBatch } from "./receipt-queue.ts";

export type FindSubmissionsDeps = {
	readonly submissions: Pick<SubmissionStore, "find">;
	/** The format of ids in receipts, for operators with this setting. */
	readonly receiptIds?: { readonly [Name in Operator]?: ReceiptIdRule | undefined };
	readonly receiptForms: ReceiptForms;
	readonly log: Log;
};

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
 * writes it, or in the operator's known form. Other forms are looked up in late checks only: earlier, the right
 * submission may not be recorded yet, and another form of the id may be another segment's own id. Such a segment counts
 * only if it was submitted before the receipt came.
 */
export async function findSubmissions(
	deps: FindSubmissionsDeps,
	receiptBatches: readonly ReceiptBatch[],
): Promise<ReadonlyMap<Receipt, SubmittedSegment>> {
	const wanted = (await Promise.all(receiptBatches.map((batch) => wantedOf(deps, batch)))).flat();
	const found = new Map<Receipt, SubmittedSegment>();
	let rows: ReadonlyMap<string, SubmittedSegment> = new Map();
	for (const step of ["first", "late"] as const) {
		const open = wanted.filter(({ receipt, candidates }) => !found.has(receipt) && candidates[step].length > 0);
		const refs = open.flatMap((one) => one.candidates[step].map((form) => refOf(one, form)));
		rows = refs.length === 0 ? rows : new Map([...rows, ...(await deps.submissions.find(refs))]);
		for (const one of open) {
			const match = matchOf(one, triedBy(step, one), rows);
			if (match === undefined) continue;
			found.set(one.receipt, match.row);
			await learnForm(deps, one, match.form);
		}
	}
	return found;
}

async function wantedOf(
	{ receiptForms, receiptIds }: FindSubmissionsDeps,
	{ operator, receipts, checks }: ReceiptBatch,
): Promise<readonly Wanted[]> {
	const known = { rule: receiptIds?.[operator], learned: await receiptForms.of(operator) };
	const isLate = isLateCheck(checks);
	return receipts.map((receipt) => ({ operator, receipt, candidates: candidateSteps(receipt, known, isLate) }));
}

/** Forms that matched different segments at first still do so late. */
const triedBy = (step: "first" | "late", { candidates: { first, late } }: Wanted) =>
	step === "first" ? first : [...first, ...late];

const refOf = ({ operator }: Wanted, { recipient, id }: Candidate) => smscRef(operator, recipient, id);

/**
 * The id as the receipt writes it counts first, then its forms as the same number, then those in another base. If forms
 * of one kind lead to different segments, none counts.
 */
function matchOf(
	one: Wanted,
	candidates: readonly Candidate[],
	rows: ReadonlyMap<string, SubmittedSegment>,
): Found | undefined {
	const found = candidates.flatMap((form): Found[] => {
		const row = rows.get(refOf(one, form));
		return row !== undefined && isPossible(one, form, row) ? [{ form, row }] : [];
	});
	const exact = found.find(({ form }) => isExact(form));
	if (exact !== undefined) return exact;
	const sameNumber = found.filter(({ form }) => !isOtherBase(form));
	const [first, ...others] = sameNumber.length > 0 ? sameNumber : found;
	return first !== undefined && others.every(({ row }) => isSameSegment(row, first.row)) ? first : undefined;
}

/** What is not found by id and recipient as written must be submitted before; by its id alone, its recipient must fit. */
function isPossible({ receipt }: Wanted, form: Candidate, row: SubmittedSegment): boolean {
	if (isExact(form) && !isIdAlone(form)) return true;
	const fits = !isIdAlone(form) || fitsMask(row.recipient, receipt.mask ?? "");
	return fits && row.submittedAt <= receipt.receivedAt + clockSkewMaxMs;
}

function isSameSegment(one: SubmittedSegment, other: SubmittedSegment): boolean {
	return one.messageId === other.messageId && one.segmentIndex === other.segmentIndex;
}

/** Learns the form, and logs it once: as a setting of the operator (`receipt_ids`) it saves the wait for late checks. */
async function learnForm(
	{ receiptIds, receiptForms, log }: FindSubmissionsDeps,
	{ operator, receipt, candidates }: Wanted,
	match: Candidate,
): Promise<void> {
	const { id, receiptId, format, form } = match;
	const rule = receiptIds?.[operator];
	if (rule !== undefined && isExact(match)) return;
	/* A match of the id as written is informative only if another form was expected. */
	const isInformative = isExact(match)
		? candidates.first.every((one) => !isExact(one))
		: format === null || isSet(match, rule) || provesFormat(receiptId, id, format);
	if (!isInformative || !(await receiptForms.learn(operator, isExact(match) ? sameForm : form))) return;
	if (isSet(match, rule)) return;
	log.info("receipt.id_format_learned", { operator, rule: format ?? form, receipt_id: receipt.smscId, submit_id: id });
}
