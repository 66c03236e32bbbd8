import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import type { Lane } from "#shared/domain/lanes.ts";
import type { Message } from "#shared/domain/message.ts";
import type { LaneEntry, Log } from "#shared/ports.ts";
import { type HeldMessages, letGo, type PickingUp, pickUpMessages } from "#shared/usecases/pick-up-messages.ts";
import { untilDone } from "#smpp/until-done.ts";
import type { HeldEntries } from "./held-entries.ts";
import { type Job, jobOf } from "./jobs.ts";

export type PickUpOptions = {
	readonly lane: Lane;
	readonly picking: PickingUp;
	readonly held: HeldEntries;
	/**
	 * The messages that jobs of this process are about, each with the entries that name it. One that is received again adds its
	 * new handle, and no job: it may be the very entry that holds the message, and is let go with the others.
	 */
	readonly busy: Map<number, string[]>;
	/** How the operator's SMSC wants messages handed over. */
	readonly style: SubmitStyle;
	readonly log: Log;
	/** Is given jobs that may be sent at once. */
	readonly ready: (jobs: readonly Job[]) => void;
};

/**
 * Turns entries into jobs by one look at their messages, and settles what needs no sending. Jobs are ready at once: none of them
 * waits until the others are parked.
 * @returns how many there were.
 */
export async function pickUpJobs(options: PickUpOptions, entries: readonly LaneEntry[]): Promise<number> {
	const { lane, picking, held, busy, style, log, ready } = options;
	for (const entry of entries) held.hold(entry);
	const parcels = entries.map(({ parcel, receives }) => ({
		messageIds: parcel.messageIds,
		redelivered: receives > 1,
	}));
	/* One that is done with while it is read may be read as it was before: it is looked at again. */
	const busyBefore = new Set(parcels.flatMap(({ messageIds }) => messageIds).filter((id) => busy.has(id)));
	const jobs: Job[] = [];
	const settled: (readonly [string, number])[] = [];
	const unreadable = await sortOut(picking, log, parcels, (submit) => {
		const readAt = picking.now();
		const named = entries.flatMap(({ parcel, handle }) => parcel.messageIds.map((id) => [handle, id] as const));
		for (const [handle, messageId] of named) {
			const handles = busy.get(messageId);
			const message = submit.get(messageId);
			if (handles !== undefined) handles.push(handle);
			else if (message === undefined) settled.push([handle, messageId]);
			else if (busyBefore.has(messageId)) held.giveBack(handle);
			else {
				busy.set(messageId, [handle]);
				jobs.push(jobOf(lane, message, readAt, style));
			}
		}
		ready(jobs);
	});
	for (const [handle, messageId] of settled) held[unreadable.has(messageId) ? "leave" : "settle"](handle);
	return jobs.length;
}

/**
 * Jobs that have waited, after another look at all their messages at once.
 * @returns those that are no longer to be sent, once their messages have another holder or an end; or which cannot be read now, and are to be left.
 */
export async function lookAgain(
	{ picking, log, ready }: Pick<PickUpOptions, "picking" | "log" | "ready">,
	jobs: readonly Job[],
): Promise<readonly { readonly job: Job; readonly how: "settle" | "leave" }[]> {
	const held = jobs.map(({ message }) => ({ messageIds: [message.messageId], redelivered: false }));
	let over: readonly Job[] = [];
	const unreadable = await sortOut(picking, log, held, (submit) => {
		const readAt = picking.now();
		const going = jobs.flatMap((job) => {
			const message = submit.get(job.message.messageId);
			return message === undefined ? [] : [{ ...job, message, readAt }];
		});
		over = jobs.filter(({ message }) => !submit.has(message.messageId));
		ready(going);
	});
	return over.map((job) => ({ job, how: unreadable.has(job.message.messageId) ? "leave" : "settle" }));
}

/** Gives those that cannot be read now: whatever holds them must stay. */
async function sortOut(
	picking: PickingUp,
	log: Log,
	held: readonly HeldMessages[],
	ready: (submit: ReadonlyMap<number, Message>) => void,
): Promise<ReadonlySet<number>> {
	const picked = await untilDone(log, "messages.unread", async () => await pickUpMessages(picking, held));
	if (picked === undefined) return new Set();
	ready(picked.submit);
	const lost = await untilDone(log, "messages.kept", async (again) => await letGo(picking, picked.others, again));
	return new Set([...picked.unreadable, ...(lost ?? [])]);
}
