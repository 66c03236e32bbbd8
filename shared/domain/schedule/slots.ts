import type { Message } from "../message/message.ts";
import type { QueuedReportBatch } from "../reports/report-batches.ts";
import type { SendJob } from "../send/send-jobs.ts";
import { almatyTime } from "../time/almaty-time.ts";

/** A slot is a quarter of an hour. Long waits end at a slot. Quarters are the same in UTC and in Almaty. */
export const slotMs = 15 * 60_000;

export function slotAt(instant: number): number {
	return Math.ceil(instant / slotMs) * slotMs;
}

/** A slot that is nearer may be checked before a row for it is written. */
export const slotLeadMs = 60_000;

/** The slot in which messages of a paused batch wait: the next one, so that they expire in time. */
export const pauseSlot = (now: number) => slotAt(now + slotLeadMs);

/** The most shards of a slot. A sweep checks all of them: the writer of a row may have used another zone offset. */
export const shardsMax = 64;

/** The number of shards that spread a slot's rows over partitions: more at 09:00, when all windows open. */
export function shardsOf(slot: number): number {
	const { hour, minute } = almatyTime(slot);
	return hour === 9 && minute === 0 ? shardsMax : 16;
}

/** The instant of a slot in UTC, to the minute. Names sort in the order of their slots. */
export function slotName(slot: number): string {
	return `${new Date(slot).toISOString().slice(0, 16)}Z`;
}

export type SlotRow = {
	readonly slot: number;
	readonly shard: number;
	readonly id: string;
	readonly action: SlotAction;
	readonly keepUntil: number;
};

/** `release` queues messages; `watch` ends submitted messages without a receipt; `report` queues a report batch. */
export type SlotAction =
	/** `again`: they may be in their lane already. */
	| { readonly kind: "release"; readonly sendJob: SendJob; readonly again?: true }
	| { readonly kind: "watch"; readonly messageIds: readonly number[] }
	| { readonly kind: "report"; readonly reportBatch: QueuedReportBatch };

const dayMs = 24 * 60 * 60_000;

/** Rows outlive their slot, so that the sweep finds missed ones. */
const keepMs = 14 * dayMs;

/** How long after the expiry of a submitted message its receipt may still come (A19). */
export const receiptWaitMs = 60 * 60_000;

const watchSize = 25;

type Chance = () => number;

function rowAt(slot: number, action: SlotAction, chance: Chance): SlotRow {
	const shard = Math.floor(chance() * shardsOf(slot));
	const id = `${action.kind}-${Math.floor(chance() * 2 ** 53).toString(36)}-${Math.floor(chance() * 2 ** 53).toString(36)}`;
	return { slot, shard, id, action, keepUntil: slot + keepMs };
}

/** The rows that queue send jobs at a slot. @param isAgain whether they may be in their lane already. */
export function releaseRows(
	sendJobs: readonly SendJob[],
	slot: number,
	chance: Chance,
	isAgain = false,
): readonly SlotRow[] {
	return sendJobs.map((sendJob) => rowAt(slot, { kind: "release", sendJob, ...(isAgain && { again: true }) }, chance));
}

export function reportRow(reportBatch: QueuedReportBatch, notBefore: number, chance: Chance): SlotRow {
	return rowAt(slotAt(notBefore), { kind: "report", reportBatch }, chance);
}

/** The watch rows of submitted messages, an hour after their expiry: one for each 25 messages of a slot. */
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
