import type { Job } from "./jobs.ts";
import type { Seat } from "./seats.ts";

/** A message, and the bind that its next segment goes by. */
export type Turn = { readonly job: Job; readonly seat: Seat };

/** Messages of which some segments were taken. What follows goes by the bind that they began on, in order. */
export type BegunMessages = {
	add(turn: Turn): void;
	/** One whose bind has room for its next segment. */
	next(): Turn | undefined;
	/** The binds that their next segments wait for. */
	seats(): readonly Seat[];
	/** Takes out those whose bind fell. */
	fallen(): readonly Job[];
	/** Takes out all. */
	all(): readonly Job[];
};

/** @param isFree whether a bind may take another segment at this very moment. */
export function begunMessages(isFree: (seat: Seat) => boolean): BegunMessages {
	let turns: Turn[] = [];
	return {
		add: (turn) => void turns.push(turn),
		next() {
			const ready = turns.findIndex(({ seat }) => isFree(seat));
			return ready < 0 ? undefined : turns.splice(ready, 1)[0];
		},
		seats: () => turns.map(({ seat }) => seat),
		fallen() {
			if (turns.every(({ seat }) => seat.bind.bound)) return [];
			const fallen = turns.filter(({ seat }) => !seat.bind.bound);
			turns = turns.filter(({ seat }) => seat.bind.bound);
			return fallen.map(({ job }) => job);
		},
		all: () => turns.splice(0).map(({ job }) => job),
	};
}
