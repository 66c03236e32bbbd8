import type { Lane } from "#shared/domain/message/lanes.ts";
import { sendJobSize } from "#shared/domain/send/send-jobs.ts";
import {
	beforeFirstPoll,
	checkedTogetherMax,
	entriesToReceive,
	smallPollPauseMs,
} from "#shared/domain/send/sending-rules.ts";
import { ongoingWork } from "#shared/flow/ongoing-work.ts";
import { pause } from "#shared/flow/pause.ts";
import { type Polling, pollWhileWanted } from "#shared/flow/polling.ts";
import type { Log } from "#shared/log.ts";
import type { LaneEntry, LaneSource } from "#shared/usecases/send/lane-source.ts";

export type LaneIntake = Polling & {
	/** Time without a receive although there was room. */
	receiveGapMs(): number;
};

type LaneIntakeOptions = {
	readonly lane: Lane;
	readonly source: Pick<LaneSource, "receive">;
	/** How many more messages there is room for. No other task can send what this one holds. */
	readonly room: () => number;
	/** Resolves with the number of messages to send, once the messages are queued or their entries settled. */
	readonly take: (entries: readonly LaneEntry[]) => Promise<number>;
	readonly log: Log;
};

/** Reads a lane by long polls, one at a time, while there is room for its messages. */
export function laneIntake({ lane, source, room, take, log }: LaneIntakeOptions): LaneIntake {
	const takes = ongoingWork();
	let lastPoll = beforeFirstPoll;
	let messagesUnderCheck = 0;
	let entriesAsked = 0;
	let receivedAt = performance.now();
	let isFull = false;

	function isWanted(): boolean {
		/* Time without room does not count as a gap; a check that is stuck does. */
		if (isFull) receivedAt = performance.now();
		const left = room();
		const wanted = left - messagesUnderCheck > 0 && takes.size < checkedTogetherMax;
		isFull = !wanted && left <= 0;
		if (wanted) entriesAsked = entriesToReceive(lane.priority, left - messagesUnderCheck, lastPoll);
		return wanted;
	}

	async function takeIn(entries: readonly LaneEntry[]): Promise<void> {
		const messages = messagesIn(entries);
		messagesUnderCheck += messages;
		lastPoll = { ...lastPoll, entrySize: Math.max(...entries.map(({ sendJob }) => sendJob.messageIds.length)) };
		const fruitless = (await take(entries)) === 0;
		lastPoll = { ...lastPoll, fruitless };
		messagesUnderCheck -= messages;
	}

	const polling = pollWhileWanted<LaneEntry>({
		isWanted,
		async receive(signal) {
			const entries = await source.receive(lane, entriesAsked, signal);
			receivedAt = performance.now();
			return entries;
		},
		async take(entries, signal) {
			void takes.add(takeIn(entries)).then(polling.wake);
			if (isSmallPoll(entries, entriesAsked)) await pause(smallPollPauseMs, signal);
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

/** Fewer entries than asked for, with fewer messages than a send job. */
function isSmallPoll(entries: readonly LaneEntry[], most: number): boolean {
	return entries.length < most && messagesIn(entries) < sendJobSize;
}
