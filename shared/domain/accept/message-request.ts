import type { ClientPart } from "../message/client-part.ts";
import type { Priority } from "../message/priorities.ts";
import type { SmppDetails } from "../message/smpp-details.ts";
import type { ReportPreference } from "../reports/report-preference.ts";
import type { TimeBounds } from "../time/time-bounds.ts";

/** One message as its client asked for it. Each field is well formed; `newMessage` decides whether it may be sent. */
export type MessageRequest = {
	readonly clientMessageId: string;
	/** Eleven digits beginning with 7. */
	readonly recipient: string;
	readonly text: string;
	readonly sender: string;
	readonly priority: Priority;
	readonly flash: boolean;
	/** Null in this and the next two: not given. */
	readonly timeBounds: TimeBounds | null;
	readonly expiresAt: number | null;
	readonly schedule: number | null;
	/** Which part of a longer text this is, if the client cut it itself; null: the whole text. */
	readonly part: ClientPart | null;
	readonly reportPreference: ReportPreference;
	/** Null by REST. */
	readonly smpp: SmppDetails | null;
};

export type UnnamedRequest = Omit<MessageRequest, "clientMessageId"> & { readonly clientMessageId: null };

export const textMax = 1_500;
