const dayMs = 24 * 60 * 60_000;

/** How far ahead a schedule may lie (R22, A9). */
export const scheduledAheadMaxMs = 10 * dayMs;

/** A window that is closed opens within so long: the longest wait is a weekend's. */
const opensWithinMs = 3 * dayMs;

/** How long a message may be tried from when it may go. A lane keeps an entry for ten days: whatever waits in one must have expired before. */
export const lifetimeMaxMs = 9 * dayMs;

/** Receipts come until a message expires, and for three days after. */
export const receiptsAfterExpiryMs = 3 * dayMs;

/** A report is tried for a day (A40); as much again for queues that are late. */
const reportedWithinMs = 2 * dayMs;

const keptAfterExpiryMs = receiptsAfterExpiryMs + reportedWithinMs;

/** Until when a message is kept: for its retention (A50), and never less than it may take to end and to be reported. */
export function keptUntil(
	{ now, retentionMs }: { readonly now: number; readonly retentionMs: number },
	expiresAt: number,
): number {
	return Math.max(now + retentionMs, expiresAt + keptAfterExpiryMs);
}

/** How long a message is kept at most, from any moment of its life on: what must not be forgotten before it is kept so long. */
export function retentionMaxMs(retentionMs: number): number {
	return Math.max(retentionMs, scheduledAheadMaxMs + opensWithinMs + lifetimeMaxMs + keptAfterExpiryMs);
}
