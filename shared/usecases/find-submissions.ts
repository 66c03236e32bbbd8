import type { Operator } from "../domain/operators.ts";
import type { Receipt } from "../domain/receipt.ts";
import {
	type IdDifference,
	type IdForm,
	isAmbiguous,
	isEvidence,
	type LearntIds,
	otherForms,
	type ReceiptIdRule,
} from "../domain/receipt-ids.ts";
import { isLate } from "../domain/receipt-looks.ts";
import { smscRef } from "../domain/smsc-ref.ts";
import type { Log, ReceiptPack, SubmissionStore, SubmittedSegment } from "../ports.ts";

export type Finding = {
	readonly submissions: Pick<SubmissionStore, "find">;
	/** How ids in receipts relate to those in responses, where that is set. */
	readonly receiptIds?: { readonly [Name in Operator]?: ReceiptIdRule | undefined };
	/** Where it is not: what this process has seen so far. Kept by the caller from one call to the next. */
	readonly learntIds: LearntIds;
	readonly log: Log;
};

/** `by` is null for the id as it came. */
type Form = Omit<IdForm, "by"> & { readonly by: IdDifference | null };

type Wanted = {
	readonly operator: Operator;
	readonly receipt: Receipt;
	/** What is looked up at every look, and what only at a late one where nothing of the first was found. */
	readonly forms: readonly [readonly Form[], readonly Form[]];
};

type Found = { readonly form: Form; readonly row: SubmittedSegment };

/** By how much the clocks of two tasks may differ: one submits, the other gets the receipt. */
const clocksDifferMs = 5_000;

/**
 * Which segment each receipt is of; a receipt that no submission is found for is left out. Its id is looked up as it came, or in the form that
 * its operator is known to write. Any other form may be the id of another segment of the same handset: it is looked up only when that
 * submission which has the likelier one would have been recorded long since, and must name what was submitted before the receipt came.
 */
export async function findSubmissions(
	finding: Finding,
	packs: readonly ReceiptPack[],
): Promise<ReadonlyMap<Receipt, SubmittedSegment>> {
	const wanted = packs.flatMap(({ operator, receipts, looks }) =>
		receipts.map((receipt): Wanted => ({ operator, receipt, forms: formsOf(finding, operator, receipt, looks) })),
	);
	const found = new Map<Receipt, SubmittedSegment>();
	for (const step of [0, 1] as const) {
		const open = wanted.filter(({ receipt, forms }) => !found.has(receipt) && forms[step].length > 0);
		const refs = open.flatMap((one) => one.forms[step].map(({ id }) => refOf(one, id)));
		const rows = refs.length === 0 ? new Map<string, SubmittedSegment>() : await finding.submissions.find(refs);
		for (const one of open) {
			const match = matchOf(one, one.forms[step], rows);
			if (match === undefined) continue;
			found.set(one.receipt, match.row);
			learn(finding, one, match.form);
		}
	}
	return found;
}

const refOf = ({ operator, receipt }: Wanted, id: string) => smscRef(operator, receipt.recipient, id);

function formsOf(finding: Finding, operator: Operator, { smscId }: Receipt, looks: number): Wanted["forms"] {
	const rule = finding.receiptIds?.[operator];
	const asItCame: Form = { id: smscId, by: null };
	const others = otherForms(smscId, rule);
	const known = rule === undefined ? knownOf(finding.learntIds.get(operator), others) : others;
	/* Whoever writes numbers in another base does so always: what such a number looks like as it came is another's id. */
	const isOtherBase = known.some(({ by }) => isAmbiguous(by));
	const atOnce: readonly Form[] = isOtherBase ? known : [asItCame, ...known];
	const late = [asItCame, ...others].filter((form) => !atOnce.includes(form));
	return [atOnce, isLate(looks) ? late : []];
}

/** Of the forms of an id, those that its operator was seen to write. */
function knownOf(learnt: ReturnType<LearntIds["get"]>, others: readonly IdForm[]): readonly IdForm[] {
	return others.filter(({ by }) => learnt?.has(by) && !(isAmbiguous(by) && learnt.has("same")));
}

/** The id as it came goes before all other forms. Where these lead to different segments, none of them counts. */
function matchOf(one: Wanted, forms: readonly Form[], rows: ReadonlyMap<string, SubmittedSegment>): Found | undefined {
	const found = forms.flatMap((form): Found[] => {
		const row = rows.get(refOf(one, form.id));
		const isPossible = row !== undefined && (form.by === null || row.submittedAt <= latest(one));
		return isPossible ? [{ form, row }] : [];
	});
	const [first] = found;
	if (first === undefined || first.form.by === null) return first;
	return found.every(({ row }) => isSameSegment(row, first.row)) ? first : undefined;
}

const latest = ({ receipt }: Wanted) => receipt.receivedAt + clocksDifferMs;

function isSameSegment(one: SubmittedSegment, other: SubmittedSegment): boolean {
	return one.messageId === other.messageId && one.segmentIndex === other.segmentIndex;
}

/** Each way of writing ids is told once by a process: for an operator's setting, which spares the wait for the first of them. */
function learn({ receiptIds, learntIds, log }: Finding, { operator, receipt, forms }: Wanted, { id, by }: Form): void {
	if (receiptIds?.[operator] !== undefined) return;
	const learnt = learntIds.get(operator) ?? new Set();
	const rule = by ?? "same";
	/* The id as it came says something only where it was not expected. */
	const isNews = by === null ? forms[0].every((form) => form.by !== null) : isEvidence(receipt.smscId, id, by);
	if (!isNews || learnt.has(rule)) return;
	learntIds.set(operator, learnt.add(rule));
	log.info("receipt.id_differed", { operator, rule, receipt_id: receipt.smscId, submit_id: id });
}
