export const sequenceNumberMax = 0x7fffffff;

/** 1 to 0x7FFFFFFF, then 1 again (SMPP section 3.2). */
export function nextSequenceNumber(last: number): number {
	return last >= sequenceNumberMax ? 1 : last + 1;
}
