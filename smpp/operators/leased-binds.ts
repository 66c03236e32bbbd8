import type { BindNote } from "#shared/contracts/bind-note.ts";
import { exposureMaxFor, leastBusy } from "#shared/domain/send/sending-rules.ts";
import { newTokenBucket, type TokenBucket, takeToken, throttledBucket } from "#shared/domain/send/token-bucket.ts";
import type { BindLeaseHooks, BindLeases } from "./bind-leases.ts";
import type { BindHooks } from "./bind-once.ts";
import type { Bind } from "./keep-bind.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";

/** A bind under a lease of this task, its outstanding requests, and its rate limit. */
export type LeasedBind = {
	readonly bindIndex: number;
	readonly bind: Bind;
	inFlight: number;
	bucket: TokenBucket;
	/** Temporary refusals since it accepted a segment. */
	refusedInRow: number;
	/** A moving average; null before the first accepted segment. */
	roundTripMs: number | null;
};

/** This task's binds to one operator. They come and go with their leases. */
export type LeasedBinds = {
	/** Whether segments can go out: a bind is up and its lease held, and the operator is not paused. */
	readonly open: boolean;
	/** Bind leases held, whether their binds are up or not. */
	readonly count: number;
	/** This task's share of the contract's rate, in segments a second. */
	readonly tps: number;
	/** Limit on messages submitted and not recorded: a window for each bind, and a quarter of a second of the rate. */
	readonly exposureMax: number;
	/** The least busy bind that may send now. */
	free(): LeasedBind | undefined;
	/** Usable, with room in its window and a token of its rate. */
	isFree(leasedBind: LeasedBind): boolean;
	/** Bound, under a lease that this task holds now. */
	isUsable(leasedBind: LeasedBind): boolean;
	/** Time until the rate lets one of these binds (default: all) send; undefined if none is usable with room in its window. */
	waitMs(some?: readonly LeasedBind[]): number | undefined;
	spendToken(leasedBind: LeasedBind): void;
	/** Slows down after a throttled submit, and while a bind accepts nothing. */
	answered(leasedBind: LeasedBind, outcome: SubmitOutcome["kind"], roundTripMs?: number): void;
	state(): readonly LeasedBindState[];
	stop(): Promise<void>;
};

/** `tps` is the present rate: less than the contract's for a while after a throttled submit. */
export type LeasedBindState = Readonly<{ bindIndex: number; bound: boolean; inFlight: number; tps: number }>;

export type LeasedBindsOptions = {
	/** The operator's contract, over all tasks: binds, and segments a second, shared equally by the binds. */
	readonly binds: number;
	readonly tps: number;
	readonly window: number;
	readonly openBind: (hooks: Pick<BindHooks, "onUp" | "onDown">) => Bind;
	readonly keepBindLeases: (hooks: BindLeaseHooks) => BindLeases;
	readonly isPaused: () => boolean;
	readonly onUp: () => void;
	/** A bind fell or was given up: messages that it began continue on another. */
	readonly onGone: () => void;
};

/** Fewer temporary refusals in a row may be of single messages, such as to a number that the SMSC cannot look up. */
const slowFrom = 5;

/** The weight of the newest round trip in the average. */
const newestWeight = 0.1;

function answered(leasedBind: LeasedBind, outcome: SubmitOutcome["kind"], roundTripMs?: number): void {
	if (outcome === "accepted") leasedBind.refusedInRow = 0;
	if (outcome === "accepted" && roundTripMs !== undefined) {
		const before = leasedBind.roundTripMs ?? roundTripMs;
		leasedBind.roundTripMs = before + (roundTripMs - before) * newestWeight;
	}
	if (outcome === "temporary") leasedBind.refusedInRow += 1;
	const isSlower = outcome === "throttled" || (outcome === "temporary" && leasedBind.refusedInRow >= slowFrom);
	if (isSlower) leasedBind.bucket = throttledBucket(leasedBind.bucket, performance.now());
}

const tpsNowOf = ({ bucket }: LeasedBind) => takeToken(bucket, performance.now())[1].tps;

type Share = { readonly window: number; readonly tpsOfEach: number };

/** @param leasedBind undefined: its lease is taken, and it is not opened yet. */
function noteOf(leasedBind: LeasedBind | undefined, { window, tpsOfEach }: Share): BindNote {
	const roundTripMs = leasedBind?.roundTripMs ?? null;
	return {
		up: leasedBind?.bind.bound === true,
		in_flight: leasedBind?.inFlight ?? 0,
		...{ tps: leasedBind === undefined ? tpsOfEach : tpsNowOf(leasedBind), tps_max: tpsOfEach, window },
		round_trip_ms: roundTripMs === null ? null : Math.round(roundTripMs),
	};
}

export function openLeasedBinds({
	binds,
	tps,
	window,
	openBind,
	keepBindLeases,
	isPaused,
	onUp,
	onGone,
}: LeasedBindsOptions): LeasedBinds {
	const leasedBinds = new Map<number, LeasedBind>();
	const tpsOfEach = tps / binds;

	const bindLeases = keepBindLeases({
		taken(bindIndex) {
			const bind = openBind({ onUp, onDown: onGone });
			const bucket = newTokenBucket(tpsOfEach, performance.now());
			leasedBinds.set(bindIndex, { bindIndex, bind, inFlight: 0, bucket, refusedInRow: 0, roundTripMs: null });
		},
		note: (bindIndex) => JSON.stringify(noteOf(leasedBinds.get(bindIndex), { window, tpsOfEach })),
		async leaveBind(bindIndex, withinMs) {
			const leasedBind = leasedBinds.get(bindIndex);
			leasedBinds.delete(bindIndex);
			onGone();
			await leasedBind?.bind.stop(withinMs);
		},
	});

	/** A task that was frozen finds here that its lease has expired, before it sends anything. */
	const isUsable = (one: LeasedBind) =>
		leasedBinds.get(one.bindIndex) === one && one.bind.bound && bindLeases.holds(one.bindIndex);
	const hasRoom = (leasedBind: LeasedBind) => isUsable(leasedBind) && leasedBind.inFlight < window && !isPaused();
	const tokenWaitMs = ({ bucket }: LeasedBind) => takeToken(bucket, performance.now())[0];
	const isFree = (leasedBind: LeasedBind) => hasRoom(leasedBind) && tokenWaitMs(leasedBind) === 0;

	return {
		get open() {
			return !isPaused() && [...leasedBinds.values()].some(isUsable);
		},
		get count() {
			return leasedBinds.size;
		},
		get tps() {
			return tpsOfEach * leasedBinds.size;
		},
		get exposureMax() {
			return exposureMaxFor(leasedBinds.size, { window, tpsOfEach });
		},
		isFree,
		isUsable,
		free: () => leastBusy(leasedBinds.values(), isFree),
		waitMs(some = [...leasedBinds.values()]) {
			const waits = some.filter(hasRoom).map(tokenWaitMs);
			return waits.length === 0 ? undefined : Math.max(1, Math.min(...waits));
		},
		spendToken(leasedBind) {
			leasedBind.bucket = takeToken(leasedBind.bucket, performance.now())[1];
		},
		answered,
		state: () =>
			[...leasedBinds.values()].map((leasedBind) => ({
				bindIndex: leasedBind.bindIndex,
				bound: leasedBind.bind.bound,
				inFlight: leasedBind.inFlight,
				tps: tpsNowOf(leasedBind),
			})),
		stop: async () => await bindLeases.stop(),
	};
}
