import type { OutboundMessage, OutboundQueue } from "./outbound-messages.ts";
import type { Submitter } from "./submitter.ts";

export type GiveBackWhileClosedDeps = {
	readonly submitter: Pick<Submitter, "open" | "bindsHeld" | "interrupt">;
	readonly outboundMessages: OutboundQueue;
	/** Lets the message go back to its lane. */
	readonly giveBack: (outbound: OutboundMessage) => void;
};

const everyMs = 1_000;
/** A bind that fell is mostly up again in less. */
const graceMs = 3_000;

/**
 * Gives back to their lanes what waits here while nothing goes out, for another task may be able to send it: at once where this one has no
 * bind lease. What was handed over in part is written down first, and is given back when it comes round again.
 */
export function giveBackWhileClosed({ submitter, outboundMessages, giveBack }: GiveBackWhileClosedDeps): {
	stop(): void;
} {
	let closedAt: number | undefined;

	function check(): void {
		if (submitter.open) {
			closedAt = undefined;
			return;
		}
		closedAt ??= performance.now();
		if (submitter.bindsHeld > 0 && performance.now() - closedAt < graceMs) return;
		for (const outbound of takeAllQueued(outboundMessages)) giveBack(outbound);
		submitter.interrupt();
	}

	const timer = setInterval(check, everyMs);
	return { stop: () => clearInterval(timer) };
}

/** All that wait, in turn. */
export function takeAllQueued(outboundMessages: OutboundQueue): readonly OutboundMessage[] {
	const all: OutboundMessage[] = [];
	for (let outbound = outboundMessages.next(); outbound !== undefined; outbound = outboundMessages.next())
		all.push(outbound);
	return all;
}

/** In this order, before all others of their accounts. */
export function requeueFirst(outboundMessages: OutboundQueue, requeued: readonly OutboundMessage[]): void {
	/* Each goes before those that are there: so the last comes first. */
	for (const outbound of requeued.toReversed()) outboundMessages.pushFirst(outbound);
}
