import { hashOfText, mixed } from "./draws.ts";

/** The events of a history as a running hash and, if kept, as lines to read. */
export type Trace = {
	/** 64 bits in hexadecimal. Two histories with the same hash are the same. */
	readonly hash: string;
	/** Adds an event to the hash. */
	note(what: string, ...numbers: readonly number[]): void;
	/** Adds a line. The text is built only if lines are kept. */
	line(text: () => string): void;
	/** The kept lines, oldest first. */
	readonly lines: readonly string[];
	readonly isKept: boolean;
};

/** @param stamp the start of each line: the time of day and the process. */
export function openTrace(isKept: boolean, stamp: () => string): Trace {
	let [high, low] = [0x243f6a88, 0x85a308d3];
	const lines: string[] = [];
	return {
		get hash() {
			return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
		},
		note(what, ...numbers) {
			high = mixed(high, hashOfText(what));
			for (const number of numbers) {
				const whole = Math.floor(number * 1_024);
				high = mixed(high, whole | 0);
				low = mixed(low, (whole / 2 ** 32) | 0);
			}
			low = mixed(low, high);
		},
		line(text) {
			if (isKept) lines.push(`${stamp()} ${text()}`);
		},
		lines,
		isKept,
	};
}
