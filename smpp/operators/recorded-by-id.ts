import { inLowerCase, operatorOfRef, withoutRecipient } from "#shared/domain/receipts/smsc-ref.ts";
import { noRecipientForm } from "#shared/domain/receipts/submission-candidates.ts";
import type { ReceiptForms } from "#shared/usecases/receipts/receipt-forms.ts";
import type { SubmissionStore, SubmittedSegment } from "#shared/usecases/send/submission-store.ts";

/**
 * Records a segment under other keys too, if its receipts may say less than its response: by its id alone, for operators
 * whose receipts do not name the recipient, and in lower case, if its id is hex with letters in both cases.
 */
export function recordedById<Store extends Pick<SubmissionStore, "put">>(store: Store, forms: ReceiptForms): Store {
	async function copiesOf(segments: readonly SubmittedSegment[]): Promise<readonly SubmittedSegment[]> {
		const operators = [...new Set(segments.map(({ ref }) => operatorOfRef(ref)))];
		const learnt = await Promise.all(operators.map(async (name) => (await forms.of(name)).has(noRecipientForm)));
		const omitting = new Set(operators.filter((_, index) => learnt[index]));
		return segments.flatMap((segment) => {
			const byId = omitting.has(operatorOfRef(segment.ref)) ? [withoutRecipient(segment.ref)] : [];
			return [...byId, inLowerCase(segment.ref) ?? []].flat().map((ref) => ({ ...segment, ref }));
		});
	}

	return { ...store, put: async (segments) => await store.put([...segments, ...(await copiesOf(segments))]) };
}
