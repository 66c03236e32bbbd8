import { operatorOfRef, withoutRecipient } from "#shared/domain/receipts/smsc-ref.ts";
import { noRecipientForm } from "#shared/domain/receipts/submission-candidates.ts";
import type { ReceiptForms } from "#shared/usecases/receipts/receipt-forms.ts";
import type { SubmissionStore, SubmittedSegment } from "#shared/usecases/send/submission-store.ts";

/** Records segments of operators whose receipts do not name the recipient by their id alone too. */
export function recordedById<Store extends Pick<SubmissionStore, "put">>(store: Store, forms: ReceiptForms): Store {
	async function copiesById(segments: readonly SubmittedSegment[]): Promise<readonly SubmittedSegment[]> {
		const operators = [...new Set(segments.map(({ ref }) => operatorOfRef(ref)))];
		const learnt = await Promise.all(operators.map(async (name) => (await forms.of(name)).has(noRecipientForm)));
		const omitting = new Set(operators.filter((_, index) => learnt[index]));
		return segments.flatMap((segment) =>
			omitting.has(operatorOfRef(segment.ref)) ? [{ ...segment, ref: withoutRecipient(segment.ref) }] : [],
		);
	}

	return { ...store, put: async (segments) => await store.put([...segments, ...(await copiesById(segments))]) };
}
