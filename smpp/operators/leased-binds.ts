import { exposureMaxFor, leastBusy } from "#shared/domain/send/sending-rules.ts";
import { newTokenBucket, type TokenBucket, takeToken, throttledBucket } from "#shared/domain/send/token-bucket.ts";
import type { BindLeaseHooks, BindLeases } from "./bind-leases.ts";
import type { Bind, BindHooks } from "./keep-bind.ts";

/** One bind on a bind lease that this task holds, how many of its requests wait for their response, and how fast more may follow. */
export type LeasedBind = { readonly bindIndex: number; readonly bind: Bind; inFlight: number; bucket: TokenBucket };

/** All binds of this task to one operator. They come and go with their bind leases. */
export type LeasedBinds = {
	/** Whether segments go out at all: a bind stands on a bind lease that is held, and nobody has paused the operator. */
	readonly open: boolean;
	/** How many bind leases are held, their binds up or not. */
	readonly count: number;
	/** Segments a second that the held bind leases carry of what the contract allows. */
	readonly tps: number;
	/** How many messages may be handed over and not be recorded: a window of each bind, and a quarter of a second. */
	readonly exposureMax: number;
	/** The one with the fewest requests under way, of those that may take another at this very moment. */
	free(): LeasedBind | undefined;
	/** Whether this one may take another at this very moment. */
	isFree(leasedBind: LeasedBind): boolean;
	/** Whether it is bound, and this task's. */
	isUsable(leasedBind: LeasedBind): boolean;
	/** How long until one of these, or of all, is free that only its pace holds back; undefined where there is none. */
	waitMs(some?: readonly LeasedBind[]): number | undefined;
	/** Another segment goes by it. */
	spendPace(leasedBind: LeasedBind): void;
	/** Its SMSC was too busy. */
	slowDown(leasedBind: LeasedBind): void;
	/** Of each held bind lease, for whoever watches. */
	state(): readonly LeasedBindState[];
	/** Waits for the answers that are still to come, unbinds, and lets others have the bind leases. */
	stop(): Promise<void>;
};

/** `tps` is what its SMSC bears at the moment: less than the contract's for a while after it was too busy. */
export type LeasedBindState = Readonly<{ bindIndex: number; bound: boolean; inFlight: number; tps: number }>;

export type LeasedBindsOptions = {
	/** What the contract allows over all tasks: binds, and segments a second, of which each bind carries its part. */
	readonly binds: number;
	readonly tps: number;
	/** Requests that may wait for their response, on each. */
	readonly window: number;
	readonly openBind: (hooks: Pick<BindHooks, "onUp" | "onDown">) => Bind;
	readonly keepBindLeases: (hooks: BindLeaseHooks) => BindLeases;
	/** Whether somebody has paused the operator. */
	readonly isPaused: () => boolean;
	readonly onUp: () => void;
	/** A bind fell, or is not to be used any more: what began on it is to go on by another. */
	readonly onGone: () => void;
};

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
			leasedBinds.set(bindIndex, { bindIndex, bind, inFlight: 0, bucket });
		},
		async leaveBind(bindIndex, withinMs) {
			const leasedBind = leasedBinds.get(bindIndex);
			leasedBinds.delete(bindIndex);
			onGone();
			await leasedBind?.bind.stop(withinMs);
		},
	});

	/** A task that was stopped for a while finds here that its bind lease is not its own any more, before it sends anything. */
	const isUsable = (one: LeasedBind) =>
		leasedBinds.get(one.bindIndex) === one && one.bind.bound && bindLeases.holds(one.bindIndex);
	const hasRoom = (leasedBind: LeasedBind) => isUsable(leasedBind) && leasedBind.inFlight < window && !isPaused();
	const paceWaitMs = ({ bucket }: LeasedBind) => takeToken(bucket, performance.now())[0];
	const isFree = (leasedBind: LeasedBind) => hasRoom(leasedBind) && paceWaitMs(leasedBind) === 0;

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
			const waits = some.filter(hasRoom).map(paceWaitMs);
			return waits.length === 0 ? undefined : Math.max(1, Math.min(...waits));
		},
		spendPace(leasedBind) {
			leasedBind.bucket = takeToken(leasedBind.bucket, performance.now())[1];
		},
		slowDown(leasedBind) {
			leasedBind.bucket = throttledBucket(leasedBind.bucket, performance.now());
		},
		state: () =>
			[...leasedBinds.values()].map((leasedBind) => {
				const [, { tps: bearable }] = takeToken(leasedBind.bucket, performance.now());
				return {
					bindIndex: leasedBind.bindIndex,
					bound: leasedBind.bind.bound,
					inFlight: leasedBind.inFlight,
					tps: bearable,
				};
			}),
		stop: async () => await bindLeases.stop(),
	};
}
