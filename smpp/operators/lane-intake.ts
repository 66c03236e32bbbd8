import type { Lane } from "#shared/domain/message/lanes.ts";
import { sendJobSize } from "#shared/domain/send/send-jobs.ts";
import {
	beforeFirstPoll,
	checkedTogetherMax,
	entriesToReceive,
	smallPollPauseMs,
} from "#shared/domain/send/sending-rules.ts";
import { pause } from "#shared/flow/pause.ts";
import { pollWithRetry } from "#shared/flow/poll-with-retry.ts";
import type { Log } from "#shared/log.ts";
import type { LaneEntry, LaneSource } from "#shared/usecases/send/lane-source.ts";

export type LaneIntake = {
	/** Checks again whether there is room, and a bind to send by. */
	wake(): void;
	/** For how many milliseconds the lane has not been received from, though there is room for its messages. */
	unreadMs(): number;
	/** Takes in no more. Resolves when the last poll has ended. */
	stop(): Promise<void>;
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

/** Reads a lane by long polls, one at a time, as far as there is room for its entries. */
export function laneIntake({ lane, source, room, take, log }: LaneIntakeOptions): LaneIntake {
	const stopping = new AbortController();
	const { signal } = stopping;
	const takesUnderWay = new Set<Promise<void>>();
	/** Only while it waits: it is woken for every message that leaves. */
	let waiting: PromiseWithResolvers<void> | undefined;
	let last = beforeFirstPoll;
	/** Messages that are being checked: they may all need their room. */
	let underCheck = 0;
	const timedSource = withReceiveTimes(source, room);

	async function poll(most: number): Promise<void> {
		const receive = () => timedSource.receive(lane, most, signal);
		const entries = await pollWithRetry(log, "lane.receive_failed", signal, receive);
		if (entries.length === 0) return;
		const taken = takeIn(entries);
		takesUnderWay.add(taken);
		void taken.finally(() => takesUnderWay.delete(taken)).finally(wake);
		if (isSmallPoll(entries, most)) await pause(smallPollPauseMs, signal);
	}

	async function takeIn(entries: readonly LaneEntry[]): Promise<void> {
		const messages = messagesIn(entries);
		underCheck += messages;
		last = { ...last, entrySize: Math.max(...entries.map(({ sendJob }) => sendJob.messageIds.length)) };
		const fruitless = (await take(entries)) === 0;
		last = { ...last, fruitless };
		underCheck -= messages;
	}

	function wake(): void {
		waiting?.resolve();
		waiting = undefined;
	}

	async function untilWoken(): Promise<void> {
		waiting = Promise.withResolvers();
		await timedSource.paused(waiting.promise);
	}

	async function run(): Promise<void> {
		while (!signal.aborted) {
			const left = room() - underCheck;
			if (left > 0 && takesUnderWay.size < checkedTogetherMax) await poll(entriesToReceive(lane.priority, left, last));
			else await untilWoken();
		}
		await Promise.all(takesUnderWay);
	}

	const running = run();
	return {
		wake,
		unreadMs: timedSource.unreadMs,
		async stop() {
			stopping.abort();
			wake();
			await running;
		},
	};
}

/** A source that knows for how long it has been left unread while there was room. */
function withReceiveTimes(source: Pick<LaneSource, "receive">, room: () => number) {
	let [readAt, isFull] = [performance.now(), false];
	return {
		async receive(...asked: Parameters<LaneSource["receive"]>) {
			const entries = await source.receive(...asked);
			readAt = performance.now();
			return entries;
		},
		/** What is being checked may hold up the next poll too: only without room is it nobody's fault. */
		async paused(woken: Promise<void>) {
			isFull = room() <= 0;
			await woken;
			if (isFull) readAt = performance.now();
			isFull = false;
		},
		unreadMs: () => (isFull ? 0 : performance.now() - readAt),
	};
}

function messagesIn(entries: readonly LaneEntry[]): number {
	return entries.reduce((sum, { sendJob }) => sum + sendJob.messageIds.length, 0);
}

/** Neither all that was asked for nor a send job's worth. */
function isSmallPoll(entries: readonly LaneEntry[], most: number): boolean {
	return entries.length < most && messagesIn(entries) < sendJobSize;
}
