import { errorText } from "../message/error-codes.ts";
import { Refusal } from "../message/refusal.ts";

/** The error text for each limit. */
const limitTexts = {
	requestsPerSecond: (max: number) => `Your account may make ${max} requests per second`,
	messagesPerDay: (max: number) =>
		`Your account may send ${max} messages per day, and this request exceeds what is left`,
	messagesPerHour: (max: number) =>
		`Your account may send ${max} messages per hour, and this request exceeds what is left`,
	perRecipient: (max: number) => `Your account may send ${max} messages per hour to one recipient`,
	perNumberBlock: (max: number) =>
		`Your account may send ${max} messages per hour to numbers with the same first seven digits`,
} as const;

/** The client may try again after `afterMs`. */
export type OverLimit = { readonly limit: keyof typeof limitTexts; readonly max: number; readonly afterMs: number };

export function overLimitText({ limit, max }: OverLimit): string {
	return `${errorText("88")} ${limitTexts[limit](max)}`;
}

/** A message over a limit of its account: 429, or the code of its report. */
export class OverLimitRefusal extends Refusal {
	readonly over: OverLimit;

	constructor(over: OverLimit, field: string | null) {
		super("88", { field, detail: overLimitText(over) });
		this.over = over;
	}

	/** None of the request's messages may be sent. Otherwise it is the recipient's limit. */
	get isOfAccount(): boolean {
		return this.over.limit === "messagesPerDay" || this.over.limit === "messagesPerHour";
	}
}
