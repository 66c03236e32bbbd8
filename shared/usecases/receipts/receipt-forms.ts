import type { Operator } from "../../domain/message/operators.ts";
import type { Log } from "../../log.ts";

/** How the SMSC of each operator writes its receipts, as learnt from them. */
export type ReceiptFormStore = {
	read(operator: Operator): Promise<ReadonlySet<string>>;
	/** May be repeated. */
	add(operator: Operator, form: string): Promise<void>;
	/** Forgets all forms of an operator. Processes that have read them know them for some minutes more. */
	clear(operator: Operator): Promise<void>;
};

export type ReceiptForms = {
	of(operator: Operator): Promise<ReadonlySet<string>>;
	/** Resolves with whether the form was unknown to this process. */
	learn(operator: Operator, form: string): Promise<boolean>;
};

const readAgainMs = 5 * 60_000;

type Known = { readonly forms: Promise<Set<string>>; readonly readAt: number };

/** Remembers what was read, so that a process reads it once in a while. Without the store it knows what it learnt itself. */
export function receiptForms(store: ReceiptFormStore, now: () => number, log: Pick<Log, "warn">): ReceiptForms {
	const known = new Map<Operator, Known>();

	async function read(operator: Operator, before: Known): Promise<Set<string>> {
		try {
			return new Set(await store.read(operator));
		} catch (err) {
			log.warn("receipt_forms.read_failed", { operator, err });
			known.set(operator, { ...before, readAt: Number.NEGATIVE_INFINITY });
			return await before.forms;
		}
	}

	async function of(operator: Operator): Promise<Set<string>> {
		const last = known.get(operator) ?? { forms: Promise.resolve(new Set<string>()), readAt: Number.NEGATIVE_INFINITY };
		if (now() - last.readAt < readAgainMs) return await last.forms;
		const forms = read(operator, last);
		known.set(operator, { forms, readAt: now() });
		return await forms;
	}

	return {
		of,
		async learn(operator, form) {
			const forms = await of(operator);
			if (forms.has(form)) return false;
			forms.add(form);
			try {
				await store.add(operator, form);
			} catch (err) {
				log.warn("receipt_forms.write_failed", { operator, err });
			}
			return true;
		},
	};
}
