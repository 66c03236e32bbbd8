import type { ClientPart } from "../message/client-part.ts";
import type { Priority } from "../message/priorities.ts";
import type { ReportPreference } from "../reports/report-preference.ts";
import type { TimeBounds } from "../time/time-bounds.ts";

/** One message as its client asked for it, each field well formed; whether it may be sent is for `newMessage` to say. */
export type MessageRequest = {
	readonly clientMessageId: string;
	/** Eleven digits beginning with 7. */
	readonly recipient: string;
	readonly text: string;
	readonly sender: string;
	readonly priority: Priority;
	readonly flash: boolean;
	/** Null in these three: not said. */
	readonly timeBounds: TimeBounds | null;
	readonly expiresAt: number | null;
	readonly schedule: number | null;
	/** What of a longer text this is, where its client cut that itself; null: all of it. */
	readonly part: ClientPart | null;
	readonly reportPreference: ReportPreference;
};

/** The same by SMPP, which has no place for a client's own id. */
export type UnnamedRequest = Omit<MessageRequest, "clientMessageId"> & { readonly clientMessageId: null };

/** The longest text that a message may have (A30), in characters. */
export const textMax = 1_500;
