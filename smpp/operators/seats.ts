import { type Pace, slowed, startPace, take } from "#shared/domain/pace.ts";
import { exposureMaxOf, leastBusy } from "#shared/domain/sending-rules.ts";
import type { BindSlots, SlotHooks } from "./bind-slots.ts";
import type { Bind, BindHooks } from "./keep-bind.ts";

/** One bind on a slot that this task holds, how many of its requests wait for their response, and how fast more may follow. */
export type Seat = { readonly slot: number; readonly bind: Bind; inFlight: number; pace: Pace };

/** All binds of this task to one operator. They come and go with their slots. */
export type Seats = {
	/** Whether segments go out at all: a bind stands on a slot that is held, and nobody has paused the operator. */
	readonly open: boolean;
	/** How many slots are held, their binds up or not. */
	readonly count: number;
	/** Segments a second that the held slots carry of what the contract allows. */
	readonly tps: number;
	/** How many messages may be handed over and not be recorded: a window of each bind, and a quarter of a second. */
	readonly exposureMax: number;
	/** The one with the fewest requests under way, of those that may take another at this very moment. */
	free(): Seat | undefined;
	/** Whether this one may take another at this very moment. */
	isFree(seat: Seat): boolean;
	/** Whether it is bound, and this task's. */
	stands(seat: Seat): boolean;
	/** How long until one of these, or of all, is free that only its pace holds back; undefined where there is none. */
	waitMs(some?: readonly Seat[]): number | undefined;
	/** Another segment goes by it. */
	spend(seat: Seat): void;
	/** Its SMSC was too busy. */
	slow(seat: Seat): void;
	/** Of each held slot, for whoever watches. */
	state(): readonly SeatState[];
	/** Waits for the answers that are still to come, unbinds, and lets others have the slots. */
	stop(): Promise<void>;
};

/** `tps` is what its SMSC bears at the moment: less than the contract's for a while after it was too busy. */
export type SeatState = Readonly<{ slot: number; bound: boolean; inFlight: number; tps: number }>;

export type SeatsOptions = {
	/** What the contract allows over all tasks: binds, and segments a second, of which each bind carries its part. */
	readonly binds: number;
	readonly tps: number;
	/** Requests that may wait for their response, on each. */
	readonly window: number;
	readonly openBind: (hooks: Pick<BindHooks, "onUp" | "onDown">) => Bind;
	readonly keepSlots: (hooks: SlotHooks) => BindSlots;
	/** Whether somebody has paused the operator. */
	readonly isPaused: () => boolean;
	readonly onUp: () => void;
	/** A bind fell, or is not to be used any more: what began on it is to go on by another. */
	readonly onGone: () => void;
};

export function openSeats({ binds, tps, window, openBind, keepSlots, isPaused, onUp, onGone }: SeatsOptions): Seats {
	const seats = new Map<number, Seat>();
	const tpsOfEach = tps / binds;

	const slots = keepSlots({
		taken(slot) {
			const bind = openBind({ onUp, onDown: onGone });
			seats.set(slot, { slot, bind, inFlight: 0, pace: startPace(tpsOfEach, performance.now()) });
		},
		async leave(slot, withinMs) {
			const seat = seats.get(slot);
			seats.delete(slot);
			onGone();
			await seat?.bind.stop(withinMs);
		},
	});

	/** A task that was stopped for a while finds here that its slot is not its own any more, before it sends anything. */
	const stands = (seat: Seat) => seats.get(seat.slot) === seat && seat.bind.bound && slots.holds(seat.slot);
	const hasRoom = (seat: Seat) => stands(seat) && seat.inFlight < window && !isPaused();
	const pauseOf = ({ pace }: Seat) => take(pace, performance.now())[0];
	const isFree = (seat: Seat) => hasRoom(seat) && pauseOf(seat) === 0;

	return {
		get open() {
			return !isPaused() && [...seats.values()].some(stands);
		},
		get count() {
			return seats.size;
		},
		get tps() {
			return tpsOfEach * seats.size;
		},
		get exposureMax() {
			return exposureMaxOf(seats.size, { window, tpsOfEach });
		},
		isFree,
		stands,
		free: () => leastBusy(seats.values(), isFree),
		waitMs(some = [...seats.values()]) {
			const waits = some.filter(hasRoom).map(pauseOf);
			return waits.length === 0 ? undefined : Math.max(1, Math.min(...waits));
		},
		spend(seat) {
			seat.pace = take(seat.pace, performance.now())[1];
		},
		slow(seat) {
			seat.pace = slowed(seat.pace, performance.now());
		},
		state: () =>
			[...seats.values()].map((seat) => {
				const [, { tps: bearable }] = take(seat.pace, performance.now());
				return { slot: seat.slot, bound: seat.bind.bound, inFlight: seat.inFlight, tps: bearable };
			}),
		stop: async () => await slots.stop(),
	};
}
