/** Waits before each further check for a submission that is not recorded yet: about seventeen minutes in all. */
export const checkDelaysSeconds = [1, 1, 2, 5, 10, 30, 75, 120, 300, 480] as const;

/**
 * From this check on, two minutes after the first, every recorded submit can be found. If the task died before it
 * recorded one, the message was submitted again, under another id.
 */
export const lateCheck = 7;

export const isLateCheck = (checks: number) => checks >= lateCheck;
