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
	/** How ids in receipts relate to those in responses, where that is set. */
	readonly receiptIds?: { readonly [Name in Operator]?: ReceiptIdRule | undefined };
	/** Where it is not: what this process has seen so far. Kept by the caller from one call to the next. */
	readonly learnedIdFormats: LearnedIdFormats;
	readonly log: Log;
};

/** `by` is null for the id as it came. */
type Candidate = Omit<IdCandidate, "by"> & { readonly by: IdFormat | null };

type Wanted = {
	readonly operator: Operator;
	readonly receipt: Receipt;
	/** What is looked up at every look, and what only at a late one where nothing of the first was found. */
	readonly candidates: readonly [readonly Candidate[], readonly Candidate[]];
};

type Found = { readonly form: Candidate; readonly row: SubmittedSegment };

/** By how much the clocks of two tasks may differ: one submits, the other gets the receipt. */
const clockSkewMaxMs = 5_000;

/**
 * Which segment each receipt is of; a receipt that no submission is found for is left out. Its id is looked up as it came, or in the form that
 * its operator is known to write. Any other form may be the id of another segment of the same handset: it is looked up only when that
 * submission which has the likelier one would have been recorded long since, and must name what was submitted before the receipt came.
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
	for (const step of [0, 1] as const) {
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
	const exact: Candidate = { id: smscId, by: null };
	const others = alternativeIds(smscId, rule);
	const known = rule === undefined ? knownOf(deps.learnedIdFormats.get(operator), others) : others;
	/* Whoever writes numbers in another base does so always: what such a number looks like as it came is another's id. */
	const isOtherBase = known.some(({ by }) => isAmbiguous(by));
	const atOnce: readonly Candidate[] = isOtherBase ? known : [exact, ...known];
	const late = [exact, ...others].filter((form) => !atOnce.includes(form));
	return [atOnce, isLateCheck(checks) ? late : []];
}

/** Of the forms of an id, those that its operator was seen to write. */
function knownOf(learned: ReturnType<LearnedIdFormats["get"]>, others: readonly IdCandidate[]): readonly IdCandidate[] {
	return others.filter(({ by }) => learned?.has(by) && !(isAmbiguous(by) && learned.has("same")));
}

/** The id as it came goes before all other forms. Where these lead to different segments, none of them counts. */
function matchOf(
	one: Wanted,
	candidates: readonly Candidate[],
	rows: ReadonlyMap<string, SubmittedSegment>,
): Found | undefined {
	const found = candidates.flatMap((form): Found[] => {
		const row = rows.get(refOf(one, form.id));
		const isPossible = row !== undefined && (form.by === null || row.submittedAt <= latest(one));
		return isPossible ? [{ form, row }] : [];
	});
	const [first] = found;
	if (first === undefined || first.form.by === null) return first;
	return found.every(({ row }) => isSameSegment(row, first.row)) ? first : undefined;
}

const latest = ({ receipt }: Wanted) => receipt.receivedAt + clockSkewMaxMs;

function isSameSegment(one: SubmittedSegment, other: SubmittedSegment): boolean {
	return one.messageId === other.messageId && one.segmentIndex === other.segmentIndex;
}

/** Each way of writing ids is told once by a process: for an operator's setting, which spares the wait for the first of them. */
function learnFormat(
	{ receiptIds, learnedIdFormats, log }: FindSubmissionsDeps,
	{ operator, receipt, candidates }: Wanted,
	{ id, by }: Candidate,
): void {
	if (receiptIds?.[operator] !== undefined) return;
	const learned = learnedIdFormats.get(operator) ?? new Set();
	const rule = by ?? "same";
	/* The id as it came says something only where it was not expected. */
	const isInformative =
		by === null ? candidates[0].every((form) => form.by !== null) : provesFormat(receipt.smscId, id, by);
	if (!isInformative || learned.has(rule)) return;
	learnedIdFormats.set(operator, learned.add(rule));
	log.info("receipt.id_format_learned", { operator, rule, receipt_id: receipt.smscId, submit_id: id });
}
