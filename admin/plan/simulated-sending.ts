import { exposureMaxFor, leastBusy, recordBatching } from "#shared/domain/send/sending-rules.ts";
import { newTokenBucket, type TokenBucket, takeToken } from "#shared/domain/send/token-bucket.ts";
import type { SendingParameters } from "./sending-parameters.ts";
import type { SimulationClock } from "./simulation-clock.ts";

/** A message on its way; `at` is when its entry came into its lane. */
export type SimulatedMessage = { readonly at: number; readonly priority: number; readonly acceptedSegments: number };

export type SimulatedSendingOptions = {
	readonly simulationClock: SimulationClock;
	readonly parameters: SendingParameters;
	/** Of the contract's, those that this task holds. */
	readonly binds: number;
	/** The job whose turn it is, taken out of its queue. */
	readonly next: () => SimulatedMessage | undefined;
	/** There is room for more. */
	readonly onRoom: () => void;
	/** A segment went out: so many wait for their response on its bind. */
	readonly onSubmitted: (job: SimulatedMessage, inFlight: number) => void;
	/** So many messages are written down. */
	readonly onRecorded: (messages: number) => void;
};

/** What is written of a message that went: what its ids stand for, beside its watch row; and then its own row. */
export const recordCalls = 2;

/**
 * What a task's sending does: a segment by the least busy bind whenever pace, window and exposure let one go.
 * @returns sends whatever may go now.
 */
export function simulateSending(options: SimulatedSendingOptions): () => void {
	const { simulationClock, parameters, binds, next, onRoom, onSubmitted } = options;
	const simulatedBinds = simulateBinds(simulationClock, parameters, binds);
	const awaitingNextSegment: Assignment[] = [];
	let exposure = 0;
	const pumpAfter = wakeTimer(simulationClock, () => pump());

	function pump(): void {
		for (let bind = simulatedBinds.free(); bind !== undefined; bind = simulatedBinds.free()) {
			const assignment = nextSegment() ?? nextMessage(bind);
			if (assignment === undefined) {
				pumpAfter(simulatedBinds.waitMs(awaitingNextSegment.map((one) => one.bind)));
				return;
			}
			submit(assignment);
		}
		pumpAfter(simulatedBinds.waitMs());
	}

	function nextSegment(): Assignment | undefined {
		const place = awaitingNextSegment.findIndex(({ bind }) => simulatedBinds.isFree(bind));
		return place < 0 ? undefined : awaitingNextSegment.splice(place, 1)[0];
	}

	function nextMessage(bind: SimulatedBind): Assignment | undefined {
		const job = exposure < simulatedBinds.exposureMax ? next() : undefined;
		if (job === undefined) return undefined;
		exposure += 1;
		onRoom();
		return { job, bind };
	}

	function submit({ job, bind }: Assignment): void {
		bind.bucket = takeToken(bind.bucket, simulationClock.now)[1];
		bind.inFlight += 1;
		onSubmitted(job, bind.inFlight);
		simulationClock.after(parameters.roundTripMs, () => {
			bind.inFlight -= 1;
			const taken = { ...job, acceptedSegments: job.acceptedSegments + 1 };
			if (taken.acceptedSegments < parameters.segments) awaitingNextSegment.push({ job: taken, bind });
			else recordMessage();
			pump();
		});
	}

	const recordMessage = simulateRecorder(simulationClock, parameters, (messages) => {
		exposure -= messages;
		options.onRecorded(messages);
		pump();
	});
	return pump;
}

/** Pumps once so much time has passed, or sooner where something sooner comes. */
function wakeTimer(simulationClock: SimulationClock, pump: () => void): (waitMs: number | undefined) => void {
	let wakeAt = Number.POSITIVE_INFINITY;
	return (waitMs) => {
		if (waitMs === undefined) return;
		const at = simulationClock.now + waitMs;
		if (wakeAt <= at) return;
		wakeAt = at;
		simulationClock.after(waitMs, () => {
			if (wakeAt !== at) return;
			wakeAt = Number.POSITIVE_INFINITY;
			pump();
		});
	};
}

type SimulatedBind = { inFlight: number; bucket: TokenBucket };
type Assignment = { readonly job: SimulatedMessage; readonly bind: SimulatedBind };

function simulateBinds(
	simulationClock: SimulationClock,
	{ tps, binds: bindsOfAllTasks, window }: SendingParameters,
	binds: number,
) {
	const tpsOfEach = tps / bindsOfAllTasks;
	const simulatedBinds = Array.from(
		{ length: binds },
		(): SimulatedBind => ({ inFlight: 0, bucket: newTokenBucket(tpsOfEach, simulationClock.now) }),
	);
	const hasRoom = ({ inFlight }: SimulatedBind) => inFlight < window;
	const pauseOf = ({ bucket }: SimulatedBind) => takeToken(bucket, simulationClock.now)[0];
	const isFree = (bind: SimulatedBind) => hasRoom(bind) && pauseOf(bind) === 0;
	return {
		exposureMax: exposureMaxFor(binds, { window, tpsOfEach }),
		isFree,
		free: () => leastBusy(simulatedBinds, isFree),
		/** How long until one of these, or of all, is free that only its pace holds back; undefined where there is none. */
		waitMs(some: readonly SimulatedBind[] = simulatedBinds) {
			const pauses = some.filter(hasRoom).map(pauseOf);
			return pauses.length === 0 ? undefined : Math.max(1, Math.min(...pauses));
		},
	};
}

/** Messages are recorded together, those that come within a moment. */
function simulateRecorder(
	simulationClock: SimulationClock,
	{ callMs }: SendingParameters,
	onRecorded: (messages: number) => void,
): () => void {
	const { itemsMax, quietMs, waitMs } = recordBatching;
	let batch = { messages: 0, firstAt: 0, lastAt: 0 };

	function flush(): void {
		const { messages } = batch;
		batch = { messages: 0, firstAt: 0, lastAt: 0 };
		simulationClock.after(recordCalls * callMs, () => onRecorded(messages));
	}

	function flushWhenDue(own: typeof batch): void {
		if (own !== batch) return;
		const leftMs = Math.min(own.firstAt + waitMs, own.lastAt + quietMs) - simulationClock.now;
		if (leftMs <= 0) flush();
		else simulationClock.after(leftMs, () => flushWhenDue(own));
	}

	return () => {
		const own = batch;
		own.messages += 1;
		own.lastAt = simulationClock.now;
		if (own.messages >= itemsMax) flush();
		else if (own.messages === 1) {
			own.firstAt = simulationClock.now;
			simulationClock.after(quietMs, () => flushWhenDue(own));
		}
	};
}
