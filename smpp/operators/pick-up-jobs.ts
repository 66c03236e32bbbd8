import type { Lane } from "#shared/domain/lanes.ts";
import { segmentText } from "#shared/domain/segments.ts";
import type { LaneEntry, Log } from "#shared/ports.ts";
import { type PickingUp, pickUpMessages } from "#shared/usecases/pick-up-messages.ts";
import type { HeldEntries } from "./held-entries.ts";
import type { Job } from "./jobs.ts";
import { untilDone } from "./until-done.ts";

export type PickUpOptions = {
	readonly lane: Lane;
	readonly picking: PickingUp;
	readonly held: HeldEntries;
	/** The messages that jobs of this process are about: another entry that names one adds nothing. */
	readonly busy: Set<number>;
	readonly log: Log;
};

/** Turns entries into jobs by one look at their messages, and settles at once what needs no sending. */
export async function pickUpJobs(options: PickUpOptions, entries: readonly LaneEntry[]): Promise<readonly Job[]> {
	const { lane, picking, held, busy, log } = options;
	for (const entry of entries) held.hold(entry);
	const messages = await untilDone(log, "messages.unread", async (again) => {
		const parcels = entries.map(({ parcel, receives }) => ({ parcel, redelivered: again || receives > 1 }));
		return await pickUpMessages(picking, parcels);
	});
	const readAt = picking.now();
	const jobs: Job[] = [];
	for (const { parcel, handle } of entries) {
		for (const messageId of parcel.messageIds) {
			const message = busy.has(messageId) ? undefined : messages?.get(messageId);
			if (message === undefined) {
				held.settle(handle);
				continue;
			}
			busy.add(messageId);
			const text = segmentText(message.text);
			jobs.push({ lane, handle, message, readAt, text, smscIds: [], sentAt: null, resends: 0 });
		}
	}
	return jobs;
}

/** A job that has waited, after another look at its message; null where it is no longer to be sent. */
export async function lookAgain({ picking, log }: PickUpOptions, job: Job): Promise<Job | null> {
	const { userName, priority, messageId } = job.message;
	const parcel = { userName, operator: job.lane.operator, priority, messageIds: [messageId] };
	const messages = await untilDone(log, "messages.unread", async (again) => {
		return await pickUpMessages(picking, [{ parcel, redelivered: again, unanswered: job.resends > 0 }]);
	});
	const message = messages?.get(messageId);
	return message === undefined ? null : { ...job, message, readAt: picking.now() };
}
