import type { Message } from "../../domain/message/message.ts";
import { type HeldMessages, heldById, kindOf } from "../../domain/send/lane-claims.ts";
import { type PickUpDeps, settleOthers } from "./pick-up-messages.ts";

/**
 * Ends and reports what has expired among messages that wait in a lane which nobody sends from, and leaves all others as they are: nothing is
 * claimed, nothing parked.
 * @param seen is told of those that might go now.
 * @returns those that wait on, or cannot be read now: the rest need no lane entry any more.
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
		held,
		/* The process that ended or submitted it may have died before its report: when its entry is gone, none comes back to it. */
		ended: of("skip"),
	});
	seen(of("submit"));
	const waiting = [...of("submit"), ...of("park"), ...of("heldByOther")].map(({ messageId }) => messageId);
	return new Set([...waiting, ...unreadable, ...left.keys()]);
}
