import { type HandedOver, type Simulated, simulate } from "./simulate.ts";
import type { Arrival, Terms } from "./terms.ts";

/** What is to be sent: bulk that lies there from the first moment, and urgent messages that come at any moment while it goes. */
export type Volume = {
	readonly messages: number;
	/** From 0 to 1. */
	readonly urgentShare: number;
	/** How many messages an entry of bulk holds; an urgent one comes alone. */
	readonly entrySize: number;
};

export type Foretold = {
	/** Until the last is recorded. */
	readonly drainSeconds: number;
	readonly messagesPerSecond: number;
	/** From the entry in its lane to its submit_sm, of each urgent message that was simulated. */
	readonly urgentWaitsMs: readonly number[];
	/** What allows no more than that. */
	readonly heldBackBy: "tps" | "window" | "calls to AWS";
};

const [bulk, urgent] = [0, 2];

/** So many segments are simulated at most, and ten minutes or so. What is left goes as fast as the middle of that went. */
const segmentsSimulated = 100_000;
const [secondsSimulated, messagesAtLeast] = [600, 200];

/** @param chance from 0 to 1, for when urgent messages come. */
export function foretell(terms: Terms, volume: Volume, chance: () => number): Foretold {
	const bounds = boundsOf(terms);
	const inTime = Math.max(messagesAtLeast, Math.min(...Object.values(bounds)) * secondsSimulated);
	const messages = Math.ceil(Math.min(volume.messages, segmentsSimulated / terms.segments, inTime));
	const urgents = Math.round(messages * volume.urgentShare);
	/* Without them first: for how long it all takes says how far apart they are. */
	const alone = simulate(terms, bulkOf(messages, volume.entrySize));
	const flood = [...bulkOf(messages - urgents, volume.entrySize), ...urgentOf(urgents, alone.endedMs, chance)];
	const simulated = urgents === 0 ? alone : simulate(terms, flood);
	const messagesPerSecond = rateOf(simulated);
	return {
		drainSeconds: simulated.endedMs / 1_000 + (volume.messages - messages) / messagesPerSecond,
		messagesPerSecond,
		urgentWaitsMs: simulated.handedOver.filter(({ priority }) => priority === urgent).map(({ waitedMs }) => waitedMs),
		/* A few are over before anything has settled. */
		heldBackBy: heldBackBy(bounds, messages < messagesAtLeast ? Number.POSITIVE_INFINITY : messagesPerSecond),
	};
}

function bulkOf(messages: number, entrySize: number): readonly Arrival[] {
	return Array.from({ length: Math.ceil(messages / entrySize) }, (_, entry) => ({
		at: 0,
		priority: bulk,
		messages: Math.min(entrySize, messages - entry * entrySize),
	}));
}

function urgentOf(messages: number, withinMs: number, chance: () => number): readonly Arrival[] {
	return Array.from({ length: messages }, () => ({
		at: Math.floor(chance() * withinMs),
		priority: urgent,
		messages: 1,
	}));
}

/** Messages a second while all was under way: neither at the beginning, when windows are empty, nor at the end. */
function rateOf({ handedOver, endedMs }: Simulated): number {
	const at = (part: number) => handedOver[Math.floor((handedOver.length - 1) * part)] as HandedOver;
	const middleMs = at(0.75).at - at(0.25).at;
	if (handedOver.length < messagesAtLeast || middleMs === 0) return (handedOver.length * 1_000) / endedMs;
	return (Math.floor((handedOver.length - 1) * 0.75) - Math.floor((handedOver.length - 1) * 0.25)) / (middleMs / 1_000);
}

/** Messages a second that the contract's rate allows, and that go where each bind's window comes round once in a round trip (Little's law). */
export function boundsOf({ tps, binds, window, roundTripMs, segments }: Omit<Terms, "tasks">) {
	return { tps: tps / segments, window: (binds * window * 1_000) / roundTripMs / segments };
}

/** What comes this near to a bound is held back by it. */
const near = 0.95;

function heldBackBy({ tps, window }: ReturnType<typeof boundsOf>, messagesPerSecond: number): Foretold["heldBackBy"] {
	if (messagesPerSecond < near * Math.min(tps, window)) return "calls to AWS";
	return window < tps ? "window" : "tps";
}
