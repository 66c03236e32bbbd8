import type { Log, Metrics, WaitingPack } from "#shared/ports.ts";
import type { Confirming } from "./confirming.ts";
import type { HeldPacks } from "./held-packs.ts";
import type { Receiver } from "./receivers.ts";
import type { Delivery } from "./report-requests.ts";
import { afterFailure, type Rest, rested } from "./rest.ts";
import { type TellingOutcome, tellingOutcome } from "./telling-outcome.ts";

/** One message that a client is to be told of, and how: one request, or the parts of a text in their order. */
export type News = {
	readonly pack: WaitingPack;
	readonly messageId: number;
	readonly requests: readonly Delivery[];
	/** When that came about which is told. */
	readonly at: number;
};

export type TellingOptions = {
	readonly held: Pick<HeldPacks, "told" | "failed">;
	readonly confirming: Confirming;
	/** There may be room for more. */
	readonly onRoom: () => void;
	/** Of the clock on the wall, and of one that never goes back. */
	readonly now: () => number;
	readonly monotonic: () => number;
	/** From 0 to 1. */
	readonly chance: () => number;
	/** How long a stop waits for answers. */
	readonly drainMs: number;
	readonly metrics: Metrics;
	readonly log: Log;
};

export type Telling = {
	/** Whether it is worth while to take in more: a session is ready to take it soon. */
	readonly wanted: boolean;
	readonly receivers: number;
	push(news: readonly News[]): void;
	add(receiver: Receiver): void;
	remove(receiver: Receiver): void;
	/** Tells no more, and waits for the answers that are still to come, at most as long as the limit. */
	stop(): Promise<void>;
};

type Job = News & { readonly tries: number; readonly last: Receiver | undefined };
type Seat = { readonly receiver: Receiver; ours: number; usedAt: number; rest: Rest };

type State = {
	readonly options: TellingOptions;
	readonly seats: Map<Receiver, Seat>;
	readonly jobs: Job[];
	readonly underWay: Set<Promise<void>>;
	readonly timers: Set<NodeJS.Timeout>;
	/** Messages that were handed over and are not written down yet. */
	exposure: number;
	turn: number;
	stopping: boolean;
};

/** A killed task repeats at most so many for an account; while nothing can be written down, no more go. */
const exposureMax = 500;
/** How many lie ready before no more are taken in. What is held here, no other task can tell. */
const readyMost = 100;
/** How often a message is tried, by whichever session, before its pack goes back to its queue. */
const triesMax = 3;

/** Tells an account's sessions what they are to be told: each in turn, as far as its window allows, and again where one fails. */
export function tellingOver(options: TellingOptions): Telling {
	const state: State = {
		options,
		seats: new Map(),
		jobs: [],
		underWay: new Set(),
		timers: new Set(),
		exposure: 0,
		turn: 0,
		stopping: false,
	};
	return {
		get wanted() {
			const now = options.monotonic();
			const someAwake = [...state.seats.values()].some(({ rest }) => rest.until <= now);
			return !state.stopping && someAwake && state.jobs.length < readyMost;
		},
		get receivers() {
			return state.seats.size;
		},
		push(news) {
			for (const one of news) state.jobs.push({ ...one, tries: 0, last: undefined });
			pump(state);
		},
		add(receiver) {
			state.seats.set(receiver, { receiver, ours: 0, usedAt: 0, rest: rested });
			pump(state);
		},
		remove: (receiver) => void state.seats.delete(receiver),
		stop: async () => await stop(state),
	};
}

function pump(state: State): void {
	while (!state.stopping && state.exposure < exposureMax) {
		const [job] = state.jobs;
		const seat = job && seatFor(state, job);
		if (job === undefined || seat === undefined) break;
		state.jobs.shift();
		const done = tell(state, job, seat);
		state.underWay.add(done);
		void done.finally(() => state.underWay.delete(done));
	}
	state.options.onRoom();
}

/** One that has room and is not left alone: rather not the one that it failed by, then the least busy, then the one that waited longest. */
function seatFor({ seats, options }: State, { last }: Job): Seat | undefined {
	const now = options.monotonic();
	const free = [...seats.values()].filter(({ receiver, ours, rest }) => ours < receiver.windowMax && rest.until <= now);
	const load = ({ receiver }: Seat) => receiver.inFlight / receiver.windowMax;
	const failedBy = ({ receiver }: Seat) => Number(receiver === last);
	return free.sort(
		(one, other) => failedBy(one) - failedBy(other) || load(one) - load(other) || one.usedAt - other.usedAt,
	)[0];
}

async function tell(state: State, job: Job, seat: Seat): Promise<void> {
	seat.ours += 1;
	state.turn += 1;
	seat.usedAt = state.turn;
	state.exposure += 1;
	const outcome = await askInOrder(seat.receiver, job.requests);
	seat.ours -= 1;
	if (outcome.kind === "told" || outcome.kind === "refused") await settle(state, job, seat, outcome);
	else retry(state, job, seat, outcome);
	state.exposure -= 1;
	pump(state);
}

/** All parts by one session, each when the one before it was taken: the first that was not is what became of the whole. */
async function askInOrder(receiver: Receiver, requests: readonly Delivery[]): Promise<TellingOutcome> {
	for (const request of requests) {
		const outcome = tellingOutcome(await receiver.deliver(request));
		if (outcome.kind !== "told") return outcome;
	}
	return { kind: "told" };
}

async function settle(state: State, job: Job, seat: Seat, outcome: TellingOutcome): Promise<void> {
	const { held, confirming, metrics, log, now } = state.options;
	const { pack, messageId, at } = job;
	seat.rest = rested;
	if (outcome.kind === "refused") {
		/* Nobody else would be told otherwise: it counts as told, and a person may look into it. */
		const { userName, packId } = pack.pack;
		log.warn("report.refused", { user_name: userName, pack: packId, message_id: messageId, why: outcome.why });
		metrics.count("ReportsDied", 1);
	} else metrics.measure("ReportLag", Math.max(0, now() - at));
	pump(state);
	if (!(await confirming.confirm(pack.pack, messageId))) held.failed(pack);
	else if (held.told(pack)) metrics.count("ReportsConfirmed", 1);
}

function retry(state: State, job: Job, seat: Seat, outcome: TellingOutcome): void {
	const { held, metrics, log, now, monotonic, chance } = state.options;
	const { pack } = job;
	const rest = afterFailure(seat.rest, monotonic(), chance());
	if (rest !== seat.rest) {
		seat.rest = rest;
		const why = outcome.kind === "failed" ? outcome.why : outcome.kind;
		log.warn("report.unconfirmed", { user_name: pack.pack.userName, pack: pack.pack.packId, why });
		pumpLater(state, seat);
	}
	if (outcome.kind === "failed") {
		metrics.count("ReportsUnconfirmed", 1);
		metrics.measure("UnreportedAge", Math.max(0, now() - job.at));
	}
	const tries = job.tries + (outcome.kind === "failed" ? 1 : 0);
	if (state.stopping || tries >= triesMax) held.failed(pack);
	else state.jobs.unshift({ ...job, tries, last: seat.receiver });
}

/** A timer may fire a moment before the clock says so: then it is set again. */
function pumpLater(state: State, seat: Seat): void {
	if (state.stopping) return;
	const leftMs = seat.rest.until - state.options.monotonic();
	if (leftMs <= 0) {
		pump(state);
		return;
	}
	const timer = setTimeout(() => {
		state.timers.delete(timer);
		pumpLater(state, seat);
	}, Math.ceil(leftMs));
	state.timers.add(timer);
}

async function stop(state: State): Promise<void> {
	state.stopping = true;
	for (const timer of state.timers) clearTimeout(timer);
	for (const { pack } of state.jobs.splice(0)) state.options.held.failed(pack);
	const limit = Promise.withResolvers<void>();
	const timer = setTimeout(limit.resolve, state.options.drainMs);
	await Promise.race([Promise.all(state.underWay), limit.promise]);
	clearTimeout(timer);
}
