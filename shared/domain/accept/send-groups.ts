import { laneName } from "../message/lanes.ts";
import type { Message } from "../message/message.ts";
import { urgentFrom } from "../message/priorities.ts";
import { isFinal } from "../message/statuses.ts";
import { type SendTime, sendTime } from "../schedule/send-time.ts";
import { slotAt, slotLeadMs } from "../schedule/slots.ts";

/** When a message may go; `ended`: it ended on acceptance, and only its report goes. */
export type When = SendTime | { readonly kind: "ended" };

/** Messages that get their holder in one call: of one slot, of one lane and delay, or ended. */
export type SendGroup = { readonly when: When; readonly own: readonly Message[] };

export function bySendTime(rows: readonly Message[], now: number): readonly SendGroup[] {
	const groups = new Map<string, { readonly when: When; readonly own: Message[] }>();
	for (const row of rows) {
		const when: When = isFinal(row.status) ? { kind: "ended" } : sendTime(row, now);
		const name = `${when.kind} ${delaySecondsOf(when)} ${holderKeyOf(when, row)}`;
		const group = groups.get(name) ?? { when, own: [] };
		groups.set(name, group);
		group.own.push(row);
	}
	return [...groups.values()];
}

function holderKeyOf(when: When, { operator, priority }: Message) {
	if (when.kind === "slot") return when.slot;
	return when.kind === "ended" || operator === null ? "" : laneName(operator, priority);
}

export const delaySecondsOf = (when: When) => (when.kind === "soon" ? when.delaySeconds : 0);

/** The slot that holds messages while SQS is down: the first after their send time, at least a minute ahead. */
export function standInSlot(when: When, now: number): number {
	return slotAt(now + Math.max(slotLeadMs, delaySecondsOf(when) * 1_000));
}

const maySendAt = (row: Message, at: number) => sendTime(row, at).kind === "now";

/** The delay of a slot whose alarm was missed and which the sweep finds. */
const slotLateMaxMs = 10 * 60_000;

/** Whether a message may wait for a slot. An urgent one may not: its client gets 503 instead. */
export function mayWaitFor(row: Message, slot: number): boolean {
	return row.priority < urgentFrom && maySendAt(row, slot) && maySendAt(row, slot + slotLateMaxMs);
}
