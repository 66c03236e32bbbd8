import { alternativeIds } from "#shared/domain/receipts/receipt-ids.ts";
import type { Bind } from "./keep-bind.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

/** What this task has submitted to an operator of late, for receipts that do not say enough. */
export type RecentSubmits = {
	/**
	 * The recipient of a submit with one of these ids, undefined if it is unknown or not certain.
	 * @param masked the recipient as a receipt writes it: empty, or with some of its digits hidden.
	 */
	recipientOf(smscIds: readonly string[], masked: string): string | undefined;
	/** The id of a submit that differs from this one in leading zeros or case only; undefined if there is none. */
	spellingOf(smscId: string): string | undefined;
	/** Keeps what the bind submits. */
	watch(bind: Bind): Bind;
};

const keptMax = 20_000;

type Submitted = { readonly smscId: string; readonly recipient: string };

export function recentSubmits(max = keptMax): RecentSubmits {
	const byId = new Map<string, readonly Submitted[]>();
	const known = (id: string) => byId.get(plainId(id)) ?? [];

	function keep(outcome: SubmitOutcome | null | undefined, recipient: string): void {
		if (outcome?.kind !== "accepted" || outcome.smscId === "") return;
		const { smscId } = outcome;
		/* With two of an id there is no certainty any more. */
		byId.set(plainId(smscId), [...known(smscId).slice(-1), { smscId, recipient }]);
		const [oldest] = byId.keys();
		if (byId.size > max && oldest !== undefined) byId.delete(oldest);
	}

	return {
		recipientOf(smscIds, masked) {
			const fits = fitsMask(masked);
			const found = (ids: readonly string[]) =>
				new Set(ids.flatMap(known).flatMap(({ recipient }) => (fits(recipient) ? [recipient] : [])));
			const others = smscIds.flatMap((id) => alternativeIds(id).map((form) => form.id));
			const [recipient, ...more] = found(smscIds).size > 0 ? found(smscIds) : found(others);
			return more.length === 0 ? recipient : undefined;
		},
		spellingOf(smscId) {
			const [other, ...more] = new Set(known(smscId).map((one) => one.smscId));
			return more.length === 0 && other !== smscId ? other : undefined;
		},
		watch: (bind) => ({
			get bound() {
				return bind.bound;
			},
			async submit(fields, tlvs) {
				const outcome = await bind.submit(fields, tlvs);
				keep(outcome, fields.destination_addr);
				if (outcome.kind === "unknown") void outcome.late?.then((late) => keep(late, fields.destination_addr));
				return outcome;
			},
			renew: bind.renew,
			stop: bind.stop,
		}),
	};
}

const plainId = (id: string) => id.toLowerCase().replace(/^0+(?=.)/, "");

/** Whether a recipient has the digits at the end of a masked number, or else those at its beginning. */
function fitsMask(masked: string): (recipient: string) => boolean {
	const [, first = "", last = ""] = /^\+?(\d*)\D(?:.*\D)?(\d*)$/.exec(masked) ?? [];
	return (recipient) => (last === "" ? recipient.startsWith(first) : recipient.endsWith(last));
}
