const dayMs = 24 * 60 * 60_000;

/** The longest time from acceptance to the schedule (R22, A9). */
export const scheduledAheadMaxMs = 10 * dayMs;

/** The longest wait for a window to open: a weekend. */
const opensWithinMs = 3 * dayMs;

/** The longest time from when a message may go to its expiry: less than the ten days for which lanes keep entries. */
export const lifetimeMaxMs = 9 * dayMs;

/** Receipts are accepted until three days after the expiry. */
export const receiptsAfterExpiryMs = 3 * dayMs;

/** A report is tried for a day (A40), and queues may be a day late. */
const reportedWithinMs = 2 * dayMs;

const keptAfterExpiryMs = receiptsAfterExpiryMs + reportedWithinMs;

/** When a message may be deleted: after its retention (A50), but never before it has ended and is reported. */
export function keptUntil(
	{ now, retentionMs }: { readonly now: number; readonly retentionMs: number },
	expiresAt: number,
): number {
	return Math.max(now + retentionMs, expiresAt + keptAfterExpiryMs);
}

/** The longest that any message is kept. Data that messages need is kept this long. */
export function retentionMaxMs(retentionMs: number): number {
	return Math.max(retentionMs, scheduledAheadMaxMs + opensWithinMs + lifetimeMaxMs + keptAfterExpiryMs);
}
