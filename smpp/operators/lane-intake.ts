import type { Lane } from "#shared/domain/lanes.ts";
import { parcelSize } from "#shared/domain/parcels.ts";
import { entriesFor, lookedAtTogether, noPoll } from "#shared/domain/sending-rules.ts";
import type { LaneEntry, LaneSource, Log } from "#shared/ports.ts";
import { polled } from "#smpp/polled.ts";
import { pause } from "./pause.ts";

export type Intake = {
	/** Looks again whether there is room, and a bind to send by. */
	wake(): void;
	/** For how many milliseconds the lane has not been received from, though there is room for its messages. */
	unreadMs(): number;
	/** Takes in no more. Resolves when the last poll has ended. */
	stop(): Promise<void>;
};

type IntakeOptions = {
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
const gatherMs = 10;

/** Reads a lane by long polls, one at a time, as far as there is room for its entries. */
export function laneIntake({ lane, source, room, take, log }: IntakeOptions): Intake {
	const stopping = new AbortController();
	const { signal } = stopping;
	const taking = new Set<Promise<void>>();
	/** Only while it waits: it is woken for every message that leaves. */
	let waiting: PromiseWithResolvers<void> | undefined;
	let last = noPoll;
	/** Messages that are being looked at: they may all need their room. */
	let lookedAt = 0;
	const reading = timed(source, room);

	async function poll(most: number): Promise<void> {
		const entries = await polled(log, "lane.unread", signal, async () => await reading.receive(lane, most, signal));
		if (entries.length === 0) return;
		const took = takeIn(entries);
		taking.add(took);
		void took.finally(() => taking.delete(took)).finally(wake);
		if (isThin(entries, most)) await pause(gatherMs, signal);
	}

	async function takeIn(entries: readonly LaneEntry[]): Promise<void> {
		const messages = messagesIn(entries);
		lookedAt += messages;
		last = { ...last, entrySize: Math.max(...entries.map(({ parcel }) => parcel.messageIds.length)) };
		const fruitless = (await take(entries)) === 0;
		last = { ...last, fruitless };
		lookedAt -= messages;
	}

	function wake(): void {
		waiting?.resolve();
		waiting = undefined;
	}

	async function untilWoken(): Promise<void> {
		waiting = Promise.withResolvers();
		await reading.paused(waiting.promise);
	}

	async function run(): Promise<void> {
		while (!signal.aborted) {
			const left = room() - lookedAt;
			if (left > 0 && taking.size < lookedAtTogether) await poll(entriesFor(lane.priority, left, last));
			else await untilWoken();
		}
		await Promise.all(taking);
	}

	const running = run();
	return {
		wake,
		unreadMs: reading.unreadMs,
		async stop() {
			stopping.abort();
			wake();
			await running;
		},
	};
}

/** A source that knows for how long it has been left unread while there was room. */
function timed(source: Pick<LaneSource, "receive">, room: () => number) {
	let [readAt, isFull] = [performance.now(), false];
	return {
		async receive(...asked: Parameters<LaneSource["receive"]>) {
			const entries = await source.receive(...asked);
			readAt = performance.now();
			return entries;
		},
		/** What is being looked at may hold up the next poll too: only without room is it nobody's fault. */
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
	return entries.reduce((sum, { parcel }) => sum + parcel.messageIds.length, 0);
}

/** Neither all that was asked for nor a parcel's worth. */
function isThin(entries: readonly LaneEntry[], most: number): boolean {
	return entries.length < most && messagesIn(entries) < parcelSize;
}
