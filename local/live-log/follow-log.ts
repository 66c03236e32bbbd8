import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

/** What was written to a file since the last call. */
export type FollowedLog = {
	/** `skippedOctets`: what is left out, because it came faster than it is read. */
	next(): { readonly lines: readonly string[]; readonly skippedOctets: number };
	close(): void;
};

const readMax = 1 << 20;

/** Follows a file from its present end. A line is returned when it is complete. */
export function followLog(file: string): FollowedLog {
	const fd = openSync(file, "r");
	const chunk = Buffer.alloc(readMax);
	let position = fstatSync(fd).size;
	let decoder = new StringDecoder("utf8");
	let rest = "";
	return {
		next() {
			const skippedOctets = Math.max(0, fstatSync(fd).size - position - readMax);
			if (skippedOctets > 0) {
				position += skippedOctets;
				[decoder, rest] = [new StringDecoder("utf8"), ""];
			}
			const read = readSync(fd, chunk, 0, readMax, position);
			position += read;
			const lines = `${rest}${decoder.write(chunk.subarray(0, read))}`.split("\n");
			rest = lines.pop() ?? "";
			/* What is left of the line in which the skipped part ends. */
			return { lines: skippedOctets > 0 ? lines.slice(1) : lines, skippedOctets };
		},
		close: () => closeSync(fd),
	};
}
