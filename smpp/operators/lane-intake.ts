import type { Lane } from "#shared/domain/message/lanes.ts";
import { sendJobSize } from "#shared/domain/send/send-jobs.ts";
import { beforeFirstPoll, checkedTogetherMax, entriesToReceive } from "#shared/domain/send/sending-rules.ts";
import { ongoingWork } from "#shared/flow/ongoing-work.ts";
import { pause } from "#shared/flow/pause.ts";
import { type Polling, pollWhileWanted } from "#shared/flow/polling.ts";
import type { Log } from "#shared/log.ts";
import type { LaneEntry, LaneSource } from "#shared/usecases/send/lane-source.ts";

export type LaneIntake = Polling & {
	/** For how many milliseconds nothing was received from the lane though there was room. */
	receiveGapMs(): number;
};

type LaneIntakeOptions = {
	readonly lane: Lane;
	readonly source: Pick<LaneSource, "receive">;
	/** For how many more messages there is room: only then is the lane polled, for what is held here nobody else can send. */
	readonly room: () => number;
	/** Resolves when the entries' messages lie ready or are let go of; gives how many are to be sent. */
	readonly take: (entries: readonly LaneEntry[]) => Promise<number>;
	readonly log: Log;
};

/**
 * Messages that come one by one would each have a poll, a read and a record of their own: after an answer of few, others may gather for so long.
 * On an idle lane a poll is always under way, so that what comes alone waits for nothing.
 */
const smallPollPauseMs = 10;

/** Reads a lane by long polls, one at a time, while there is room for its entries. */
export function laneIntake({ lane, source, room, take, log }: LaneIntakeOptions): LaneIntake {
	const takes = ongoingWork();
	let last = beforeFirstPoll;
	/** Messages that are being checked: they may all need their room. */
	let underCheck = 0;
	let asked = 0;
	let receivedAt = performance.now();
	let isFull = false;

	function isWanted(): boolean {
		/* The time without room does not count as a gap; while entries wait for their check it does. */
		if (isFull) receivedAt = performance.now();
		const left = room();
		const wanted = left - underCheck > 0 && takes.size < checkedTogetherMax;
		isFull = !wanted && left <= 0;
		if (wanted) asked = entriesToReceive(lane.priority, left - underCheck, last);
		return wanted;
	}

	async function takeIn(entries: readonly LaneEntry[]): Promise<void> {
		const messages = messagesIn(entries);
		underCheck += messages;
		last = { ...last, entrySize: Math.max(...entries.map(({ sendJob }) => sendJob.messageIds.length)) };
		const fruitless = (await take(entries)) === 0;
		last = { ...last, fruitless };
		underCheck -= messages;
	}

	const polling = pollWhileWanted<LaneEntry>({
		isWanted,
		async receive(signal) {
			const entries = await source.receive(lane, asked, signal);
			receivedAt = performance.now();
			return entries;
		},
		async take(entries, signal) {
			void takes.add(takeIn(entries)).then(polling.wake);
			if (isSmallPoll(entries, asked)) await pause(smallPollPauseMs, signal);
		},
		failedEvent: "lane.receive_failed",
		log,
	});
	return {
		wake: polling.wake,
		receiveGapMs: () => (isFull ? 0 : performance.now() - receivedAt),
		async stop() {
			await polling.stop();
			await takes.settled();
		},
	};
}

function messagesIn(entries: readonly LaneEntry[]): number {
	return entries.reduce((sum, { sendJob }) => sum + sendJob.messageIds.length, 0);
}

/** Neither all that was asked for nor a send job's worth. */
function isSmallPoll(entries: readonly LaneEntry[], most: number): boolean {
	return entries.length < most && messagesIn(entries) < sendJobSize;
}
