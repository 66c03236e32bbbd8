import { beforeFirstPoll, checkedTogetherMax, entriesToReceive } from "#shared/domain/send/sending-rules.ts";
import type { Arrival } from "./sending-parameters.ts";
import type { SimulationClock } from "./simulation-clock.ts";

export type SimulatedIntakeOptions = {
	readonly simulationClock: SimulationClock;
	readonly callMs: number;
	readonly priority: number;
	/** Whether entries wait in the lane, and those that a poll gets. */
	readonly hasEntries: () => boolean;
	readonly receive: (entriesMost: number) => readonly Arrival[];
	/** For how many more messages there is room. */
	readonly room: () => number;
	/** Is given entries whose messages were looked at. */
	readonly ready: (entries: readonly Arrival[]) => void;
};

const messagesIn = (entries: readonly Arrival[]) => entries.reduce((sum, { messages }) => sum + messages, 0);

/**
 * What a task's intake of a lane does: one poll at a time, as far as there is room, and a look at what it gave.
 * @returns looks again whether there is something to poll, and room for it.
 */
export function simulateIntake(options: SimulatedIntakeOptions): () => void {
	const { simulationClock, callMs, priority, hasEntries, receive, room, ready } = options;
	let polling = false;
	let checks = 0;
	let messagesInCheck = 0;
	let last = beforeFirstPoll;

	function wake(): void {
		const left = room() - messagesInCheck;
		if (polling || left <= 0 || checks >= checkedTogetherMax || !hasEntries()) return;
		polling = true;
		const most = entriesToReceive(priority, left, last);
		simulationClock.after(callMs, () => {
			polling = false;
			check(receive(most));
			wake();
		});
	}

	function check(entries: readonly Arrival[]): void {
		if (entries.length === 0) return;
		checks += 1;
		messagesInCheck += messagesIn(entries);
		last = { ...last, entrySize: Math.max(...entries.map(({ messages }) => messages)) };
		simulationClock.after(callMs, () => {
			checks -= 1;
			messagesInCheck -= messagesIn(entries);
			ready(entries);
			wake();
		});
	}

	return wake;
}
