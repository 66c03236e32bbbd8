import { freshTurns, nextPriority } from "#shared/domain/send/fair-turns.ts";
import { bufferedMaxFor } from "#shared/domain/send/sending-rules.ts";
import type { Arrival, SendingParameters } from "./sending-parameters.ts";
import { simulateIntake } from "./simulated-intake.ts";
import { type SimulatedMessage, type SimulatedSendingOptions, simulateSending } from "./simulated-sending.ts";
import { openSimulationClock, type SimulationClock } from "./simulation-clock.ts";

/** A message whose first segment went out: when, and how long after its entry came into its lane. */
export type SimulatedSubmit = { readonly at: number; readonly priority: number; readonly waitedMs: number };

export type SimulationResult = {
	/** Messages that were recorded, and when the last of them was. */
	readonly recorded: number;
	readonly endedMs: number;
	/** In the order in which they went. */
	readonly submits: readonly SimulatedSubmit[];
	/** The most requests that waited for their response on one bind. */
	readonly inFlightMax: number;
};

/**
 * Foretells how messages go out to one operator, event by event and by the very rules that the gateway sends by: the tasks read its lanes as
 * far as they have room, hand over in turn as pace, window and exposure allow, and record. Nothing fails in it, and nothing waits for a
 * processor. The same each time; a test holds it against the real desk.
 */
export function simulate(parameters: SendingParameters, arrivals: readonly Arrival[]): SimulationResult {
	const simulationClock = openSimulationClock();
	const lanes = [0, 1, 2, 3].map((priority) => simulatedLane(simulationClock, arrivals, priority));
	const submits: SimulatedSubmit[] = [];
	let [recorded, endedMs, inFlightMax] = [0, 0, 0];
	const observers: Pick<SimulatedSendingOptions, "onSubmitted" | "onRecorded"> = {
		onSubmitted({ at, priority, acceptedSegments }, inFlight) {
			inFlightMax = Math.max(inFlightMax, inFlight);
			if (acceptedSegments === 0)
				submits.push({ at: simulationClock.now, priority, waitedMs: simulationClock.now - at });
		},
		onRecorded(messages) {
			recorded += messages;
			endedMs = simulationClock.now;
		},
	};
	const tasks = bindsPerTask(parameters).map((binds) =>
		simulateTask({ ...observers, simulationClock, parameters, binds }, lanes),
	);
	for (const [turn, at] of [...new Set(arrivals.map((arrival) => arrival.at))].entries()) {
		/* Each time another task is the first to poll: SQS prefers none of them. */
		const first = turn % tasks.length;
		simulationClock.after(at, () => {
			for (const wakeAll of [...tasks.slice(first), ...tasks.slice(0, first)]) wakeAll();
		});
	}
	simulationClock.run();
	return { recorded, endedMs, submits, inFlightMax };
}

/** How many binds each task holds: all have the same, give or take one. */
function bindsPerTask({ binds, tasks }: SendingParameters): readonly number[] {
	return Array.from({ length: tasks }, (_, task) => Math.floor((binds + task) / tasks));
}

type SimulatedLane = {
	readonly priority: number;
	readonly hasEntries: () => boolean;
	/** Takes out the oldest. */
	readonly receive: (entriesMost: number) => readonly Arrival[];
};

function simulatedLane(simulationClock: SimulationClock, all: readonly Arrival[], priority: number): SimulatedLane {
	const arrivals = all.filter((one) => one.priority === priority).toSorted((one, other) => one.at - other.at);
	let taken = 0;
	const hasArrived = (arrival: Arrival | undefined) => arrival !== undefined && arrival.at <= simulationClock.now;
	return {
		priority,
		hasEntries: () => hasArrived(arrivals[taken]),
		receive(entriesMost) {
			const entries = arrivals.slice(taken, taken + entriesMost).filter(hasArrived);
			taken += entries.length;
			return entries;
		},
	};
}

/** One task: what of each lane lies ready there, and what reads and sends it. Gives what has it look at all its lanes again. */
function simulateTask(
	options: Omit<SimulatedSendingOptions, "next" | "onRoom">,
	lanes: readonly SimulatedLane[],
): () => void {
	const { simulationClock, parameters, binds } = options;
	const readyMost = bufferedMaxFor((parameters.tps / parameters.binds) * binds);
	const queued = lanes.map((): SimulatedMessage[] => []);
	let turns = freshTurns;

	function next(): SimulatedMessage | undefined {
		const turn = nextPriority(turns, (priority) => (queued[priority] ?? []).length > 0);
		if (turn === null) return undefined;
		turns = turn[1];
		return queued[turn[0]]?.shift();
	}

	const intakes = lanes.map(({ priority, hasEntries, receive }) =>
		simulateIntake({
			simulationClock,
			callMs: parameters.callMs,
			priority,
			hasEntries,
			receive,
			room: () => readyMost - (queued[priority] ?? []).length,
			ready(entries) {
				for (const { at, messages } of entries) {
					queued[priority]?.push(...Array.from({ length: messages }, () => ({ at, priority, acceptedSegments: 0 })));
				}
				pump();
			},
		}),
	);
	const wakeAll = () => {
		for (const wakeIntake of intakes) wakeIntake();
	};
	const pump = simulateSending({ ...options, next, onRoom: wakeAll });
	return wakeAll;
}
