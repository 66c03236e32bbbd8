import type { Message } from "../message/message.ts";
import type { QueuedReportBatch } from "../reports/report-batches.ts";
import type { SendJob } from "../send/send-jobs.ts";
import { almatyTime } from "../time/almaty-time.ts";

/** Every long wait ends on a quarter of an hour (UTC and Almaty agree on those). */
export const slotMs = 15 * 60_000;

/** The slot that an instant falls in or waits for: the first quarter of an hour at or after it. */
export function slotAt(instant: number): number {
	return Math.ceil(instant / slotMs) * slotMs;
}

/** The most shards that any slot has. A sweep looks at so many, for the writer of a row may have known another offset of the zone. */
export const shardsMax = 64;

/** How many shards a slot's rows are spread over, so that no one partition holds a flood: more at 09:00, when all windows open. */
export function shardsOf(slot: number): number {
	const { hour, minute } = almatyTime(slot);
	return hour === 9 && minute === 0 ? shardsMax : 16;
}

/** A slot's name: its instant in UTC, to the minute. Names sort as their slots do. */
export function slotName(slot: number): string {
	return `${new Date(slot).toISOString().slice(0, 16)}Z`;
}

/** A row that says: look at these messages then. */
export type SlotRow = {
	readonly slot: number;
	readonly shard: number;
	/** Unique among its shard's rows. */
	readonly id: string;
	readonly action: SlotAction;
	readonly keepUntil: number;
};

/** What the look is for: to let messages go, to see that what was submitted has ended, or to report a report batch once more. */
export type SlotAction =
	/** `again`: they may be in their lane already. */
	| { readonly kind: "release"; readonly sendJob: SendJob; readonly again?: true }
	| { readonly kind: "watch"; readonly messageIds: readonly number[] }
	| { readonly kind: "report"; readonly reportBatch: QueuedReportBatch };

const dayMs = 24 * 60 * 60_000;

/** Rows outlive their slot, so that a sweep finds those that were missed. */
const keepMs = 14 * dayMs;

/** How long after its expiry a submitted message may still get its receipt before it is given up (A19). */
const receiptWaitMs = 60 * 60_000;

/** Messages in one watch row: as many as one call changes. */
const watchSize = 25;

type Chance = () => number;

function rowAt(slot: number, action: SlotAction, chance: Chance): SlotRow {
	const shard = Math.floor(chance() * shardsOf(slot));
	const id = `${action.kind}-${Math.floor(chance() * 2 ** 53).toString(36)}-${Math.floor(chance() * 2 ** 53).toString(36)}`;
	return { slot, shard, id, action, keepUntil: slot + keepMs };
}

/** The rows that let send jobs go at a slot. @param isAgain whether they may be in their lane already. */
export function releaseRows(
	sendJobs: readonly SendJob[],
	slot: number,
	chance: Chance,
	isAgain = false,
): readonly SlotRow[] {
	return sendJobs.map((sendJob) => rowAt(slot, { kind: "release", sendJob, ...(isAgain && { again: true }) }, chance));
}

/** The row of a report batch that is tried again no sooner than at an instant. */
export function reportRow(reportBatch: QueuedReportBatch, notBefore: number, chance: Chance): SlotRow {
	return rowAt(slotAt(notBefore), { kind: "report", reportBatch }, chance);
}

/** The rows that look after submitted messages, an hour after they expire: one for each 25 of a slot. */
export function watchRows(
	messages: readonly Pick<Message, "messageId" | "expiresAt">[],
	chance: Chance,
): readonly SlotRow[] {
	const bySlot = Map.groupBy(messages, ({ expiresAt }) => slotAt(expiresAt + receiptWaitMs));
	return [...bySlot].flatMap(([slot, own]) =>
		Array.from({ length: Math.ceil(own.length / watchSize) }, (_, index) => {
			const messageIds = own.slice(index * watchSize, (index + 1) * watchSize).map(({ messageId }) => messageId);
			return rowAt(slot, { kind: "watch", messageIds }, chance);
		}),
	);
}
