import type { Message } from "../../domain/message/message.ts";
import { type HeldMessages, heldById, kindOf } from "../../domain/send/lane-claims.ts";
import { type PickUpDeps, settleOthers } from "./pick-up-messages.ts";

/**
 * Ends and reports expired messages in a lane that no task sends from (ADR 0023). It claims and parks none.
 * @param seen called with the messages that could be submitted now.
 * @returns the ids of messages that still wait, or cannot be read now. The others need no lane entry any more.
 */
export async function expireWaiting(
	deps: PickUpDeps,
	entries: readonly HeldMessages[],
	seen: (waiting: readonly Message[]) => void = () => undefined,
): Promise<ReadonlySet<number>> {
	const held = heldById(entries);
	const { rows, unreadable } = await deps.messages.readEach([...held.keys()]);
	const at = deps.now();
	const found = [...rows.values()].map((message) => ({ message, kind: kindOf(message, held, at) }));
	const of = (kind: string) => found.filter((one) => one.kind === kind).map(({ message }) => message);
	const left = await settleOthers(deps, {
		at,
		expired: of("expire"),
		outsideWindow: [],
		paused: [],
		held,
		/* The process that ended or submitted it may have died before the report, and this is its last entry. */
		ended: of("skip"),
	});
	seen(of("submit"));
	const waiting = [...of("submit"), ...of("park"), ...of("heldByOther")].map(({ messageId }) => messageId);
	return new Set([...waiting, ...unreadable, ...left.keys()]);
}
