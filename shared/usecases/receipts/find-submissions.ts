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

type Candidate = Omit<IdCandidate, "by"> & { readonly by: IdFormat | null };

type Wanted = {
	readonly operator: Operator;
	readonly receipt: Receipt;
	readonly candidates: readonly [readonly Candidate[], readonly Candidate[]];
};

type Found = { readonly form: Candidate; readonly row: SubmittedSegment };

/** The clocks of the task that submits and of the task that gets the receipt may differ by this. */
const clockSkewMaxMs = 5_000;

/**
 * Finds the segment of each receipt; receipts without a submission are left out. An id is looked up as it came, or in
 * the operator's known format. Another form may be the id of another segment of this recipient, so it is tried in late
 * checks only, when the right submission would be recorded, and must have been submitted before the receipt came.
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
	/* An operator with another base uses it always: the id as it came would be that of another segment. */
	const isOtherBase = known.some(({ by }) => isAmbiguous(by));
	const atOnce: readonly Candidate[] = isOtherBase ? known : [exact, ...known];
	const late = [exact, ...others].filter((form) => !atOnce.includes(form));
	return [atOnce, isLateCheck(checks) ? late : []];
}

/** The forms of an id that the operator was seen to use. */
function knownOf(learned: ReturnType<LearnedIdFormats["get"]>, others: readonly IdCandidate[]): readonly IdCandidate[] {
	return others.filter(({ by }) => learned?.has(by) && !(isAmbiguous(by) && learned.has("same")));
}

/** The id as it came counts first. If other forms lead to different segments, none counts. */
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

/** Logs each learned format once. As a setting of the operator it would save the wait for late checks. */
function learnFormat(
	{ receiptIds, learnedIdFormats, log }: FindSubmissionsDeps,
	{ operator, receipt, candidates }: Wanted,
	{ id, by }: Candidate,
): void {
	if (receiptIds?.[operator] !== undefined) return;
	const learned = learnedIdFormats.get(operator) ?? new Set();
	const rule = by ?? "same";
	/* A match of the id as it came is informative only if another format was expected. */
	const isInformative =
		by === null ? candidates[0].every((form) => form.by !== null) : provesFormat(receipt.smscId, id, by);
	if (!isInformative || learned.has(rule)) return;
	learnedIdFormats.set(operator, learned.add(rule));
	log.info("receipt.id_format_learned", { operator, rule, receipt_id: receipt.smscId, submit_id: id });
}
