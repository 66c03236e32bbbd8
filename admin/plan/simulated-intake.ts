import { entriesFor, lookedAtTogether, noPoll } from "#shared/domain/sending-rules.ts";
import type { Agenda } from "./agenda.ts";
import type { Arrival } from "./terms.ts";

export type IntakeOptions = {
	readonly agenda: Agenda;
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
export function simulateIntake(options: IntakeOptions): () => void {
	const { agenda, callMs, priority, hasEntries, receive, room, ready } = options;
	let polling = false;
	let looks = 0;
	let lookedAt = 0;
	let last = noPoll;

	function wake(): void {
		const left = room() - lookedAt;
		if (polling || left <= 0 || looks >= lookedAtTogether || !hasEntries()) return;
		polling = true;
		const most = entriesFor(priority, left, last);
		agenda.after(callMs, () => {
			polling = false;
			lookAt(receive(most));
			wake();
		});
	}

	function lookAt(entries: readonly Arrival[]): void {
		if (entries.length === 0) return;
		looks += 1;
		lookedAt += messagesIn(entries);
		last = { ...last, entrySize: Math.max(...entries.map(({ messages }) => messages)) };
		agenda.after(callMs, () => {
			looks -= 1;
			lookedAt -= messagesIn(entries);
			ready(entries);
			wake();
		});
	}

	return wake;
}
