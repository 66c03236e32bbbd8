import type { OutboundMessage, OutboundQueue } from "./outbound-messages.ts";
import type { Submitter } from "./submitter.ts";

export type GiveBackWhileClosedDeps = {
	readonly submitter: Pick<Submitter, "open" | "bindsHeld" | "interrupt">;
	readonly outboundMessages: OutboundQueue;
	readonly giveBack: (outbound: OutboundMessage) => void;
};

const everyMs = 1_000;
/** Most binds are up again sooner. */
const graceMs = 3_000;

/**
 * While nothing can be sent, gives back waiting messages to their lanes, where another task may send them; at once if
 * this task holds no bind lease. The progress of partly sent messages is recorded first.
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

export function takeAllQueued(outboundMessages: OutboundQueue): readonly OutboundMessage[] {
	const all: OutboundMessage[] = [];
	for (let outbound = outboundMessages.next(); outbound !== undefined; outbound = outboundMessages.next())
		all.push(outbound);
	return all;
}

/** Puts messages before all others of their accounts, in this order. */
export function requeueFirst(outboundMessages: OutboundQueue, requeued: readonly OutboundMessage[]): void {
	for (const outbound of requeued.toReversed()) outboundMessages.pushFirst(outbound);
}
