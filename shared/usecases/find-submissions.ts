import type { Operator } from "../domain/operators.ts";
import type { Receipt } from "../domain/receipt.ts";
import {
	type IdDifference,
	type IdForm,
	type LearntIds,
	otherForms,
	type ReceiptIdRule,
} from "../domain/receipt-ids.ts";
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

type Form = Omit<IdForm, "by"> & { readonly by: IdDifference | null };

type Wanted = {
	readonly operator: Operator;
	readonly receipt: Receipt;
	/** What is looked up at once, and what only where that is not there; the first that is found counts. */
	readonly forms: readonly [readonly Form[], readonly Form[]];
};

/**
 * Which segment each receipt is of; a receipt that no submission is found for is left out. Its id is looked up as it came, then in the
 * forms that its operator is known to write; in all others from its second look on, for most that are not found the first time are only early.
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
			const form = one.forms[step].find(({ id }) => rows.has(refOf(one, id)));
			const row = form && rows.get(refOf(one, form.id));
			if (form === undefined || row === undefined) continue;
			found.set(one.receipt, row);
			learn(finding, one, form);
		}
	}
	return found;
}

const refOf = ({ operator, receipt }: Wanted, id: string) => smscRef(operator, receipt.recipient, id);

function formsOf(finding: Finding, operator: Operator, { smscId }: Receipt, looks: number): Wanted["forms"] {
	const rule = finding.receiptIds?.[operator];
	const asItCame: Form = { id: smscId, by: null };
	const others = otherForms(smscId, rule);
	if (rule !== undefined) return [[...others, asItCame], []];
	const learnt = finding.learntIds.get(operator);
	const known = others.filter(({ by }) => learnt?.has(by));
	return [[asItCame, ...known], looks === 0 ? [] : others.filter(({ by }) => !learnt?.has(by))];
}

/** Each way of writing ids is told once by a process: for an operator's setting, which spares the looks at the others. */
function learn({ receiptIds, learntIds, log }: Finding, { operator, receipt }: Wanted, { id, by }: Form): void {
	if (by === null || receiptIds?.[operator] !== undefined) return;
	const learnt = learntIds.get(operator) ?? new Set();
	if (learnt.has(by)) return;
	learntIds.set(operator, learnt.add(by));
	log.info("receipt.id_differed", { operator, rule: by, receipt_id: receipt.smscId, submit_id: id });
}
