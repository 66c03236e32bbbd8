import type { Lane } from "#shared/domain/lanes.ts";
import { entriesFor, lookedAtTogether, noPoll } from "#shared/domain/sending-rules.ts";
import type { LaneEntry, LaneSource, Log } from "#shared/ports.ts";
import { untilDone } from "./until-done.ts";

export type Intake = {
	/** Looks again whether there is room, and a bind to send by. */
	wake(): void;
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

	async function poll(most: number): Promise<void> {
		const entries = await untilDone(log, "lane.unread", async () => await received({ lane, source }, most, signal));
		if (entries === undefined || entries.length === 0) return;
		const took = takeIn(entries);
		taking.add(took);
		void took.finally(() => taking.delete(took)).finally(wake);
	}

	async function takeIn(entries: readonly LaneEntry[]): Promise<void> {
		const sizes = entries.map(({ parcel }) => parcel.messageIds.length);
		const messages = sizes.reduce((sum, size) => sum + size, 0);
		lookedAt += messages;
		last = { ...last, entrySize: Math.max(...sizes) };
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
		await waiting.promise;
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
		async stop() {
			stopping.abort();
			wake();
			await running;
		},
	};
}

async function received(
	{ lane, source }: Pick<IntakeOptions, "lane" | "source">,
	most: number,
	signal: AbortSignal,
): Promise<readonly LaneEntry[]> {
	try {
		return signal.aborted ? [] : await source.receive(lane, most, signal);
	} catch (error) {
		if (signal.aborted) return [];
		throw error;
	}
}
