import type { Arrival, SendingParameters } from "./sending-parameters.ts";
import { type SimulatedSubmit, type SimulationResult, simulate } from "./simulate.ts";

/** What is to be sent: bulk that lies there from the first moment, and urgent messages that come at any moment while it goes. */
export type Workload = {
	readonly messages: number;
	/** From 0 to 1. */
	readonly urgentShare: number;
	/** How many messages an entry of bulk holds; an urgent one comes alone. */
	readonly entrySize: number;
};

export type Forecast = {
	/** Until the last is recorded. */
	readonly drainSeconds: number;
	readonly messagesPerSecond: number;
	/** From the entry in its lane to its submit_sm, of each urgent message that was simulated. */
	readonly urgentWaitsMs: readonly number[];
	/** What allows no more than that. */
	readonly limitedBy: "tps" | "window" | "AWS calls";
};

const [bulk, urgent] = [0, 2];

/** So many segments are simulated at most, and ten minutes or so. What is left goes as fast as the middle of that went. */
const segmentsMax = 100_000;
const [secondsMax, messagesMin] = [600, 200];

/** @param chance from 0 to 1, for when urgent messages come. */
export function forecast(parameters: SendingParameters, volume: Workload, random: () => number): Forecast {
	const bounds = boundsOf(parameters);
	const inTime = Math.max(messagesMin, Math.min(...Object.values(bounds)) * secondsMax);
	const messages = Math.ceil(Math.min(volume.messages, segmentsMax / parameters.segments, inTime));
	const urgents = Math.round(messages * volume.urgentShare);
	/* Without them first: for how long it all takes says how far apart they are. */
	const bulkOnly = simulate(parameters, bulkArrivals(messages, volume.entrySize));
	const arrivals = [
		...bulkArrivals(messages - urgents, volume.entrySize),
		...urgentArrivals(urgents, bulkOnly.endedMs, random),
	];
	const simulated = urgents === 0 ? bulkOnly : simulate(parameters, arrivals);
	const messagesPerSecond = rateOf(simulated);
	return {
		drainSeconds: simulated.endedMs / 1_000 + (volume.messages - messages) / messagesPerSecond,
		messagesPerSecond,
		urgentWaitsMs: simulated.submits.filter(({ priority }) => priority === urgent).map(({ waitedMs }) => waitedMs),
		/* A few are over before anything has settled. */
		limitedBy: limitedBy(bounds, messages < messagesMin ? Number.POSITIVE_INFINITY : messagesPerSecond),
	};
}

function bulkArrivals(messages: number, entrySize: number): readonly Arrival[] {
	return Array.from({ length: Math.ceil(messages / entrySize) }, (_, entry) => ({
		at: 0,
		priority: bulk,
		messages: Math.min(entrySize, messages - entry * entrySize),
	}));
}

function urgentArrivals(messages: number, withinMs: number, random: () => number): readonly Arrival[] {
	return Array.from({ length: messages }, () => ({
		at: Math.floor(random() * withinMs),
		priority: urgent,
		messages: 1,
	}));
}

/** Messages a second while all was under way: neither at the beginning, when windows are empty, nor at the end. */
function rateOf({ submits, endedMs }: SimulationResult): number {
	const at = (part: number) => submits[Math.floor((submits.length - 1) * part)] as SimulatedSubmit;
	const middleMs = at(0.75).at - at(0.25).at;
	if (submits.length < messagesMin || middleMs === 0) return (submits.length * 1_000) / endedMs;
	return (Math.floor((submits.length - 1) * 0.75) - Math.floor((submits.length - 1) * 0.25)) / (middleMs / 1_000);
}

/** Messages a second that the contract's rate allows, and that go where each bind's window comes round once in a round trip (Little's law). */
export function boundsOf({ tps, binds, window, roundTripMs, segments }: Omit<SendingParameters, "tasks">) {
	return { tps: tps / segments, window: (binds * window * 1_000) / roundTripMs / segments };
}

/** What comes this near to a bound is held back by it. */
const nearShare = 0.95;

function limitedBy({ tps, window }: ReturnType<typeof boundsOf>, messagesPerSecond: number): Forecast["limitedBy"] {
	if (messagesPerSecond < nearShare * Math.min(tps, window)) return "AWS calls";
	return window < tps ? "window" : "tps";
}
