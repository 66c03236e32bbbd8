import type { Job } from "./jobs.ts";
import type { Seat, Seats } from "./seats.ts";

/** A message, and the bind that its next segment goes by. */
export type Turn = { readonly job: Job; readonly seat: Seat };

/** Messages of which some segments were taken. What follows goes by the bind that they began on, in order. */
export type BegunMessages = {
	add(turn: Turn): void;
	/** One whose bind has room for its next segment. */
	next(): Turn | undefined;
	/** The binds that their next segments wait for. */
	seats(): readonly Seat[];
	/** Takes out those whose bind fell, or is this task's no more. */
	fallen(): readonly Job[];
	/** Takes out all. */
	all(): readonly Job[];
};

export function begunMessages({ isFree, stands }: Pick<Seats, "isFree" | "stands">): BegunMessages {
	let turns: Turn[] = [];
	return {
		add: (turn) => void turns.push(turn),
		next() {
			const ready = turns.findIndex(({ seat }) => isFree(seat));
			return ready < 0 ? undefined : turns.splice(ready, 1)[0];
		},
		seats: () => turns.map(({ seat }) => seat),
		fallen() {
			if (turns.every(({ seat }) => stands(seat))) return [];
			const fallen = turns.filter(({ seat }) => !stands(seat));
			turns = turns.filter(({ seat }) => stands(seat));
			return fallen.map(({ job }) => job);
		},
		all: () => turns.splice(0).map(({ job }) => job),
	};
}
