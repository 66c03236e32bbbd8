import type { Priority } from "./priorities.ts";
import type { TimeBounds } from "./time-bounds.ts";

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
};
