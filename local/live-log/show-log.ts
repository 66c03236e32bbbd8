import type { Writable } from "node:stream";
import { styleText } from "node:util";
import { followLog } from "./follow-log.ts";
import { type LiveLine, liveLines, type Tone } from "./live-line.ts";

/** `short`: a line for each message, report and bind. `raw`: the log as it is. */
export type ShownLog = "short" | "raw" | "off";

export type ShowLogOptions = {
	readonly logFile: string;
	readonly shown: ShownLog;
	readonly output: Writable;
};

const everyMs = 200;
/** In each interval. What is more is counted. */
const linesMax = 50;

/**
 * Shows on the output what the processes write to the log from now on.
 * @returns shows the rest, and ends.
 */
export function showLog({ logFile, shown, output }: ShowLogOptions): () => void {
	if (shown === "off") return () => undefined;
	const log = followLog(logFile);
	const show = () => {
		const { lines, skippedOctets } = log.next();
		if (skippedOctets > 0) output.write(`… ${skippedOctets} octets are left out; the log has all of them\n`);
		for (const line of shown === "raw" ? lines : shortLines(lines, output)) output.write(`${line}\n`);
	};
	const timer = setInterval(show, everyMs);
	return () => {
		clearInterval(timer);
		show();
		log.close();
	};
}

function shortLines(lines: readonly string[], output: Writable): readonly string[] {
	const all = lines.flatMap(liveLines);
	const left = all.length - linesMax;
	const more = left > 0 ? [`… ${left} lines more; the log has all of them`] : [];
	return [...all.slice(0, linesMax).map((line) => formatted(line, output)), ...more];
}

const colours = { plain: "cyan", good: "green", bad: "red" } as const satisfies Record<Tone, string>;
const whatWidth = 13;
const whoWidth = 8;

/** In the time of this machine, and in colours if the output is a terminal that has them. */
export function formatted({ at, tone, what, who, text }: LiveLine, output: Writable): string {
	if (what === "") return text;
	const time = at === undefined ? "        " : new Date(at).toTimeString().slice(0, 8);
	const painted = styleText(colours[tone], what.padEnd(whatWidth), { stream: output });
	return `${styleText("dim", time, { stream: output })}  ${painted} ${who.padEnd(whoWidth)} ${text}`.trimEnd();
}
