import { readyMostOf } from "#shared/domain/sending-rules.ts";
import { freshTurns, nextPriority } from "#shared/domain/turns.ts";
import { type Agenda, openAgenda } from "./agenda.ts";
import { simulateIntake } from "./simulated-intake.ts";
import { type Job, type SendingOptions, simulateSending } from "./simulated-sending.ts";
import type { Arrival, Terms } from "./terms.ts";

/** A message whose first segment went out: when, and how long after its entry came into its lane. */
export type HandedOver = { readonly at: number; readonly priority: number; readonly waitedMs: number };

export type Simulated = {
	/** Messages that were recorded, and when the last of them was. */
	readonly recorded: number;
	readonly endedMs: number;
	/** In the order in which they went. */
	readonly handedOver: readonly HandedOver[];
	/** The most requests that waited for their response on one bind. */
	readonly inFlightMost: number;
};

/**
 * Foretells how messages go out to one operator, event by event and by the very rules that the gateway sends by: the tasks read its lanes as
 * far as they have room, hand over in turn as pace, window and exposure allow, and record. Nothing fails in it, and nothing waits for a
 * processor. The same each time; a test holds it against the real desk.
 */
export function simulate(terms: Terms, arrivals: readonly Arrival[]): Simulated {
	const agenda = openAgenda();
	const lanes = [0, 1, 2, 3].map((priority) => laneOf(agenda, arrivals, priority));
	const handedOver: HandedOver[] = [];
	let [recorded, endedMs, inFlightMost] = [0, 0, 0];
	const told: Pick<SendingOptions, "onSubmitted" | "onRecorded"> = {
		onSubmitted({ at, priority, segmentsTaken }, inFlight) {
			inFlightMost = Math.max(inFlightMost, inFlight);
			if (segmentsTaken === 0) handedOver.push({ at: agenda.now, priority, waitedMs: agenda.now - at });
		},
		onRecorded(messages) {
			recorded += messages;
			endedMs = agenda.now;
		},
	};
	const tasks = shares(terms).map((binds) => simulateTask({ ...told, agenda, terms, binds }, lanes));
	for (const [turn, at] of [...new Set(arrivals.map((arrival) => arrival.at))].entries()) {
		/* Each time another task is the first to poll: SQS prefers none of them. */
		const first = turn % tasks.length;
		agenda.after(at, () => {
			for (const wake of [...tasks.slice(first), ...tasks.slice(0, first)]) wake();
		});
	}
	agenda.run();
	return { recorded, endedMs, handedOver, inFlightMost };
}

/** How many binds each task holds: all have the same, give or take one. */
function shares({ binds, tasks }: Terms): readonly number[] {
	return Array.from({ length: tasks }, (_, task) => Math.floor((binds + task) / tasks));
}

type SimulatedLane = {
	readonly priority: number;
	readonly hasEntries: () => boolean;
	/** Takes out the oldest. */
	readonly receive: (entriesMost: number) => readonly Arrival[];
};

function laneOf(agenda: Agenda, all: readonly Arrival[], priority: number): SimulatedLane {
	const arrivals = all.filter((one) => one.priority === priority).toSorted((one, other) => one.at - other.at);
	let taken = 0;
	const isThere = (arrival: Arrival | undefined) => arrival !== undefined && arrival.at <= agenda.now;
	return {
		priority,
		hasEntries: () => isThere(arrivals[taken]),
		receive(entriesMost) {
			const entries = arrivals.slice(taken, taken + entriesMost).filter(isThere);
			taken += entries.length;
			return entries;
		},
	};
}

/** One task: what of each lane lies ready there, and what reads and sends it. Gives what has it look at all its lanes again. */
function simulateTask(options: Omit<SendingOptions, "next" | "onRoom">, lanes: readonly SimulatedLane[]): () => void {
	const { agenda, terms, binds } = options;
	const readyMost = readyMostOf((terms.tps / terms.binds) * binds);
	const jobs = lanes.map((): Job[] => []);
	let turns = freshTurns;

	function next(): Job | undefined {
		const turn = nextPriority(turns, (priority) => (jobs[priority] ?? []).length > 0);
		if (turn === null) return undefined;
		turns = turn[1];
		return jobs[turn[0]]?.shift();
	}

	const intakes = lanes.map(({ priority, hasEntries, receive }) =>
		simulateIntake({
			agenda,
			callMs: terms.callMs,
			priority,
			hasEntries,
			receive,
			room: () => readyMost - (jobs[priority] ?? []).length,
			ready(entries) {
				for (const { at, messages } of entries) {
					jobs[priority]?.push(...Array.from({ length: messages }, () => ({ at, priority, segmentsTaken: 0 })));
				}
				pump();
			},
		}),
	);
	const wake = () => {
		for (const look of intakes) look();
	};
	const pump = simulateSending({ ...options, next, onRoom: wake });
	return wake;
}
