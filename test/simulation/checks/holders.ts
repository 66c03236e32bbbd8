import { laneEntryBody } from "#shared/contracts/queue-entries.ts";
import { slotAction } from "#shared/contracts/slot-action.ts";
import type { SlotAction } from "#shared/domain/schedule/slots.ts";
import type { Item, ItemChange } from "../aws/dynamo-engine.ts";
import type { QueuedEntry } from "../aws/sqs-engine.ts";

/**
 * The holders of each message: entries of lanes and of their dead-letter queues, release rows and watch rows of
 * slots.
 */
export type Holders = {
	/** Number of holders of a message. */
	of(messageId: number): number;
	/** Reports that wait in slots. */
	readonly waitingReports: number;
	entryAdded(entry: QueuedEntry): void;
	entryRemoved(entry: QueuedEntry, why: string): void;
	slotChanged(change: ItemChange): void;
	/** All queues and slots are lost. */
	lose(): void;
};

/** @param released is called with each message that lost its last holder. */
export function holders(isLane: (url: string) => boolean, released: (messageId: number, why: string) => void): Holders {
	const counts = new Map<number, number>();
	let waitingReports = 0;

	function hold(messageIds: readonly number[]): void {
		for (const messageId of messageIds) counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
	}

	function release(messageIds: readonly number[], why: string): void {
		for (const messageId of messageIds) {
			const left = (counts.get(messageId) ?? 0) - 1;
			counts.set(messageId, left);
			if (left === 0) released(messageId, why);
		}
	}

	return {
		of: (messageId) => counts.get(messageId) ?? 0,
		get waitingReports() {
			return waitingReports;
		},
		lose() {
			counts.clear();
			waitingReports = 0;
		},
		entryAdded({ queueUrl, body }) {
			if (isLane(queueUrl)) hold(laneEntryBody.parse(body).message_ids);
		},
		entryRemoved({ queueUrl, body }, why) {
			if (isLane(queueUrl)) release(laneEntryBody.parse(body).message_ids, `its lane entry was ${why}`);
		},
		slotChanged({ before, after }) {
			const [was, is] = [orderIn(before), orderIn(after)];
			waitingReports += Number(is?.kind === "report") - Number(was?.kind === "report");
			hold(idsIn(is));
			release(idsIn(was), "its slot row was removed");
		},
	};
}

function orderIn(item: Item | undefined): SlotAction | undefined {
	const text = item?.["action"]?.S;
	return text === undefined ? undefined : slotAction.parse(text);
}

function idsIn(action: SlotAction | undefined): readonly number[] {
	if (action?.kind === "release") return action.sendJob.messageIds;
	return action?.kind === "watch" ? action.messageIds : [];
}
