import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import type { Lane } from "#shared/domain/lanes.ts";
import type { LaneEntry, Log } from "#shared/ports.ts";
import type { HeldMessages, Left } from "#shared/usecases/lane-claims.ts";
import { letGo, type PickedUp, type PickingUp, pickUpMessages } from "#shared/usecases/pick-up-messages.ts";
import { untilDone } from "#smpp/until-done.ts";
import type { HeldEntries } from "./held-entries.ts";
import { type Job, type JobEntry, jobOf } from "./jobs.ts";

export type PickUpOptions = {
	readonly lane: Lane;
	readonly picking: PickingUp;
	readonly held: HeldEntries;
	/**
	 * The messages that jobs of this process are about, each with the entries that name it. One that is received again is
	 * added, and makes no job: it may be the very entry that holds the message, and is let go with the others.
	 */
	readonly busy: Map<number, JobEntry[]>;
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
	/* What a job of this process is about is that job's matter: an entry of it claims nothing. */
	const looked = entries.map(({ parcel, entryId, kind, receives }): HeldMessages => {
		const messageIds = parcel.messageIds.filter((id) => !busy.has(id));
		return { messageIds, entryId, kind, redelivered: receives > 1 };
	});
	/* One that is done with while others are read was not looked at: its entry comes again. */
	const busyBefore = new Set(entries.flatMap(({ parcel }) => parcel.messageIds.filter((id) => busy.has(id))));
	const jobs: Job[] = [];
	const settled: (readonly [string, number])[] = [];
	const left = await sortOut(picking, log, looked, ({ submit, repeats, others: { at: readAt } }) => {
		const named = entries.flatMap((entry) => entry.parcel.messageIds.map((id) => [entry, id] as const));
		for (const [{ entryId, kind, handle }, messageId] of named) {
			const own = busy.get(messageId);
			const message = submit.get(messageId);
			if (own !== undefined) own.push({ entryId, kind, handle });
			else if (busyBefore.has(messageId)) held.giveBack(handle);
			else if (message === undefined) settled.push([handle, messageId]);
			else {
				const jobEntries = [{ entryId, kind, handle }];
				busy.set(messageId, jobEntries);
				const mayRepeat = repeats.has(messageId);
				jobs.push(jobOf(message, { lane, entries: jobEntries, mayRepeat, readAt, style }));
			}
		}
		ready(jobs);
	});
	for (const [handle, messageId] of settled) {
		const seconds = left.get(messageId);
		if (seconds === undefined) held.settle(handle);
		else held.leave(handle, seconds);
	}
	return jobs.length;
}

/** A job that is no longer to be sent: its message has another holder, or an end; or its entries are to be left for so long. */
export type OverJob = {
	readonly job: Job;
	/** Undefined where they are done with. */
	readonly leftSeconds: number | undefined;
	/** How many of its entries were looked at: of one that came since nothing is known. */
	readonly looked: number;
};

/** Jobs that have waited, after another look at all their messages at once. Gives those that are over. */
export async function lookAgain(
	{ picking, log, ready }: Pick<PickUpOptions, "picking" | "log" | "ready">,
	jobs: readonly Job[],
): Promise<readonly OverJob[]> {
	const held = jobs.flatMap(({ message, entries, mayRepeat }) =>
		entries.map(({ entryId, kind }): HeldMessages => {
			const messageIds = [message.messageId];
			/* What is over by now was ended or submitted by another process, which may have died before its report. */
			return { messageIds, entryId, kind, redelivered: false, readBefore: true, mayRepeat };
		}),
	);
	const looked = new Map(jobs.map((job) => [job.message.messageId, job.entries.length]));
	let over: readonly Job[] = [];
	const left = await sortOut(picking, log, held, ({ submit, repeats, others: { at: readAt } }) => {
		const going = jobs.flatMap((job) => {
			const message = submit.get(job.message.messageId);
			const mayRepeat = repeats.has(job.message.messageId);
			return message === undefined ? [] : [{ ...job, message, mayRepeat, readAt }];
		});
		over = jobs.filter(({ message }) => !submit.has(message.messageId));
		ready(going);
	});
	return over.map((job) => {
		const { messageId } = job.message;
		return { job, leftSeconds: left.get(messageId), looked: looked.get(messageId) ?? 0 };
	});
}

/** Gives those whose entries must stay. */
async function sortOut(
	picking: PickingUp,
	log: Log,
	held: readonly HeldMessages[],
	ready: (picked: PickedUp) => void,
): Promise<Left> {
	const picked = await untilDone(log, "messages.unread", async () => await pickUpMessages(picking, held));
	if (picked === undefined) return new Map();
	ready(picked);
	const left = await untilDone(log, "messages.kept", async (again) => await letGo(picking, picked.others, again));
	return new Map([...picked.left, ...(left ?? [])]);
}
