import { alternativeIds, isAmbiguous, isHexInBothCases } from "#shared/domain/receipts/receipt-ids.ts";
import { fitsMask, shownDigits } from "#shared/domain/receipts/recipient-mask.ts";
import type { Bind } from "./keep-bind.ts";
import type { SubmitOutcome, SubmitSm } from "./submit-outcome.ts";

/** What this task has submitted to an operator of late, for receipts that do not say enough. */
export type RecentSubmits = {
	/**
	 * The recipient of a submit with one of these ids, undefined if it is unknown or not certain.
	 * @param masked the recipient as a receipt writes it: empty, or with some of its digits hidden.
	 * @param sender then only submits with this sender count.
	 */
	recipientOf(smscIds: readonly string[], masked: string, sender?: string): string | undefined;
	/**
	 * The id of a submit that differs from this one in leading zeros or case only, or that is the same number in hex with
	 * letters in both cases; undefined if there is none.
	 */
	spellingOf(smscId: string): string | undefined;
	/** Keeps what the bind submits. */
	watch(bind: Bind): Bind;
};

const keptMax = 20_000;

const sureDigits = 3;

type Submitted = { readonly smscId: string; readonly recipient: string; readonly sender: string };

export function recentSubmits(max = keptMax): RecentSubmits {
	const byId = new Map<string, readonly Submitted[]>();
	const known = (id: string) => byId.get(plainId(id)) ?? [];

	function keep(
		outcome: SubmitOutcome | null | undefined,
		{ destination_addr, source_addr }: Pick<SubmitSm, "destination_addr" | "source_addr">,
	): void {
		if (outcome?.kind !== "accepted" || outcome.smscId === "") return;
		const { smscId } = outcome;
		/* With two of an id there is no certainty any more. */
		byId.set(plainId(smscId), [
			...known(smscId).slice(-1),
			{ smscId, recipient: destination_addr, sender: source_addr },
		]);
		const [oldest] = byId.keys();
		if (byId.size > max && oldest !== undefined) byId.delete(oldest);
	}

	return {
		recipientOf(smscIds, masked, sender) {
			const isPossible = (one: Submitted) =>
				fitsMask(one.recipient, masked) && (sender === undefined || isSameNumber(one.sender, sender));
			const found = (ids: readonly string[]) =>
				new Set(ids.flatMap(known).flatMap((one) => (isPossible(one) ? [one.recipient] : [])));
			const exact = found(smscIds);
			const [recipient, ...more] = exact.size > 0 ? exact : found(smscIds.flatMap((id) => otherForms(id, masked)));
			return more.length === 0 ? recipient : undefined;
		},
		spellingOf(smscId) {
			const inHex = /^\d{1,20}$/.test(smscId) ? known(BigInt(smscId).toString(16)) : [];
			const mixed = inHex.filter((one) => isHexInBothCases(one.smscId));
			const [other, ...more] = new Set([...known(smscId), ...mixed].map((one) => one.smscId));
			return more.length === 0 && other !== smscId ? other : undefined;
		},
		watch: (bind) => ({
			get bound() {
				return bind.bound;
			},
			async submit(fields, tlvs) {
				const outcome = await bind.submit(fields, tlvs);
				keep(outcome, fields);
				if (outcome.kind === "unknown") void outcome.late?.then((late) => keep(late, fields));
				return outcome;
			},
			renew: bind.renew,
			stop: bind.stop,
		}),
	};
}

/** By chance an id is that of another submit in another base, unless the mask shows enough digits. */
function otherForms(id: string, masked: string): readonly string[] {
	const isBaseSure = shownDigits(masked).last.length >= sureDigits;
	return alternativeIds(id).flatMap((form) => (isBaseSure || !isAmbiguous(form.format) ? [form.id] : []));
}

const plainId = (id: string) => id.toLowerCase().replace(/^0+(?=.)/, "");

/** Some SMSCs write numbers in another form in receipts. */
const isSameNumber = (one: string, other: string) => one.replace(/\D/g, "").slice(-10) === other.slice(-10);
