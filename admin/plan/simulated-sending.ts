import { type Pace, startPace, take } from "#shared/domain/pace.ts";
import { exposureMaxOf, leastBusy, recordedTogether } from "#shared/domain/sending-rules.ts";
import type { Agenda } from "./agenda.ts";
import type { Terms } from "./terms.ts";

/** A message on its way; `at` is when its entry came into its lane. */
export type Job = { readonly at: number; readonly priority: number; readonly segmentsTaken: number };

export type SendingOptions = {
	readonly agenda: Agenda;
	readonly terms: Terms;
	/** Of the contract's, those that this task holds. */
	readonly binds: number;
	/** The job whose turn it is, taken out of its queue. */
	readonly next: () => Job | undefined;
	/** There is room for more. */
	readonly onRoom: () => void;
	/** A segment went out: so many wait for their response on its bind. */
	readonly onSubmitted: (job: Job, inFlight: number) => void;
	/** So many messages are written down. */
	readonly onRecorded: (messages: number) => void;
};

/** What is written of a message that went: what its ids stand for, beside its watch row; and then its own row. */
export const recordCalls = 2;

/**
 * What a task's sending does: a segment by the least busy bind whenever pace, window and exposure let one go.
 * @returns sends whatever may go now.
 */
export function simulateSending(options: SendingOptions): () => void {
	const { agenda, terms, binds, next, onRoom, onSubmitted } = options;
	const seats = simulateSeats(agenda, terms, binds);
	const begun: Turn[] = [];
	let exposure = 0;
	const pumpAfter = simulateWaking(agenda, () => pump());

	function pump(): void {
		for (let seat = seats.free(); seat !== undefined; seat = seats.free()) {
			const turn = begunTurn() ?? firstTurn(seat);
			if (turn === undefined) {
				pumpAfter(seats.waitMs(begun.map((one) => one.seat)));
				return;
			}
			submit(turn);
		}
		pumpAfter(seats.waitMs());
	}

	function begunTurn(): Turn | undefined {
		const place = begun.findIndex(({ seat }) => seats.isFree(seat));
		return place < 0 ? undefined : begun.splice(place, 1)[0];
	}

	function firstTurn(seat: Seat): Turn | undefined {
		const job = exposure < seats.exposureMax ? next() : undefined;
		if (job === undefined) return undefined;
		exposure += 1;
		onRoom();
		return { job, seat };
	}

	function submit({ job, seat }: Turn): void {
		seat.pace = take(seat.pace, agenda.now)[1];
		seat.inFlight += 1;
		onSubmitted(job, seat.inFlight);
		agenda.after(terms.roundTripMs, () => {
			seat.inFlight -= 1;
			const taken = { ...job, segmentsTaken: job.segmentsTaken + 1 };
			if (taken.segmentsTaken < terms.segments) begun.push({ job: taken, seat });
			else record();
			pump();
		});
	}

	const record = simulateRecorder(agenda, terms, (messages) => {
		exposure -= messages;
		options.onRecorded(messages);
		pump();
	});
	return pump;
}

/** Pumps once so much time has passed, or sooner where something sooner comes. */
function simulateWaking(agenda: Agenda, pump: () => void): (waitMs: number | undefined) => void {
	let wakeAt = Number.POSITIVE_INFINITY;
	return (waitMs) => {
		if (waitMs === undefined) return;
		const at = agenda.now + waitMs;
		if (wakeAt <= at) return;
		wakeAt = at;
		agenda.after(waitMs, () => {
			if (wakeAt !== at) return;
			wakeAt = Number.POSITIVE_INFINITY;
			pump();
		});
	};
}

type Seat = { inFlight: number; pace: Pace };
type Turn = { readonly job: Job; readonly seat: Seat };

function simulateSeats(agenda: Agenda, { tps, binds: bindsOfAll, window }: Terms, binds: number) {
	const tpsOfEach = tps / bindsOfAll;
	const seats = Array.from({ length: binds }, (): Seat => ({ inFlight: 0, pace: startPace(tpsOfEach, agenda.now) }));
	const hasRoom = ({ inFlight }: Seat) => inFlight < window;
	const pauseOf = ({ pace }: Seat) => take(pace, agenda.now)[0];
	const isFree = (seat: Seat) => hasRoom(seat) && pauseOf(seat) === 0;
	return {
		exposureMax: exposureMaxOf(binds, { window, tpsOfEach }),
		isFree,
		free: () => leastBusy(seats, isFree),
		/** How long until one of these, or of all, is free that only its pace holds back; undefined where there is none. */
		waitMs(some: readonly Seat[] = seats) {
			const pauses = some.filter(hasRoom).map(pauseOf);
			return pauses.length === 0 ? undefined : Math.max(1, Math.min(...pauses));
		},
	};
}

/** Messages are recorded together, those that come within a moment. */
function simulateRecorder(agenda: Agenda, { callMs }: Terms, onRecorded: (messages: number) => void): () => void {
	const { itemsMax, quietMs, waitMs } = recordedTogether;
	let lot = { messages: 0, firstAt: 0, lastAt: 0 };

	function begin(): void {
		const { messages } = lot;
		lot = { messages: 0, firstAt: 0, lastAt: 0 };
		agenda.after(recordCalls * callMs, () => onRecorded(messages));
	}

	function beginInTime(own: typeof lot): void {
		if (own !== lot) return;
		const leftMs = Math.min(own.firstAt + waitMs, own.lastAt + quietMs) - agenda.now;
		if (leftMs <= 0) begin();
		else agenda.after(leftMs, () => beginInTime(own));
	}

	return () => {
		const own = lot;
		own.messages += 1;
		own.lastAt = agenda.now;
		if (own.messages >= itemsMax) begin();
		else if (own.messages === 1) {
			own.firstAt = agenda.now;
			agenda.after(quietMs, () => beginInTime(own));
		}
	};
}
