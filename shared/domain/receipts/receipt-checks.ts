/** Waits before the next look for a submission that is not there yet: about seventeen minutes in all. */
export const checkDelaysSeconds = [1, 1, 2, 5, 10, 30, 75, 120, 300, 480] as const;

/**
 * From this look on, two minutes after the first, a submission is certainly recorded: that takes seconds, and is tried until it is done. A
 * task that died before it sent the message anew, under another id.
 */
const lateCheck = 7;

export const isLateCheck = (checks: number) => checks >= lateCheck;
