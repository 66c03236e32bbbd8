import type { Bind, BindHooks } from "./keep-bind.ts";

/** One bind, and how many of its requests wait for their response. */
export type Seat = { readonly bind: Bind; inFlight: number };

/** All binds to one operator. */
export type Seats = {
	readonly bound: boolean;
	/** The one with the fewest requests under way, of those that have room for another. */
	free(): Seat | undefined;
	/** Waits for the answers that are still to come, and unbinds. */
	stop(): Promise<void>;
};

export type SeatsOptions = {
	readonly binds: number;
	/** Requests that may wait for their response, on each. */
	readonly window: number;
	readonly openBind: (hooks: Pick<BindHooks, "onUp" | "onDown">) => Bind;
	readonly onUp: () => void;
};

export function openSeats({ binds, window, openBind, onUp }: SeatsOptions): Seats {
	const seats = Array.from({ length: binds }, (): Seat => ({ bind: openBind({ onUp, onDown() {} }), inFlight: 0 }));
	return {
		get bound() {
			return seats.some(({ bind }) => bind.bound);
		},
		free() {
			let least: Seat | undefined;
			for (const seat of seats) {
				if (!seat.bind.bound || seat.inFlight >= window) continue;
				if (least === undefined || seat.inFlight < least.inFlight) least = seat;
			}
			return least;
		},
		async stop() {
			await Promise.all(seats.map(({ bind }) => bind.stop()));
		},
	};
}
