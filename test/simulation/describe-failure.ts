import type { HistoryResult } from "./run-history.ts";

/**
 * A readable report of a failed history: its seed, its kinds of fault, the failures, and the trace of the messages
 * concerned.
 */
export function describeFailure({ seed, faults, failures, lines }: HistoryResult): string {
	const ids = [...new Set(failures.flatMap(({ messageIds }) => messageIds))];
	return [
		`seed ${seed}; faults: ${faults.join(", ") || "none"}`,
		...failures.map(({ kind, text }) => `  ${kind}: ${text}`),
		...ids.flatMap((id) => ["", `  trace of ${id}:`, ...linesOf(id, lines)]),
		"",
	].join("\n");
}

const lineMax = 240;

/** Lines with a message's id or recipient, and lines about deaths and outages, which concern all messages. */
function linesOf(messageId: number, lines: readonly string[]): readonly string[] {
	const [, recipient] =
		lines.map((line) => new RegExp(`row ${messageId} to (\\d+):`).exec(line)).find((found) => found) ?? [];
	const names = [String(messageId), ...(recipient === undefined ? [] : [recipient])];
	return lines
		.filter(
			(line) => names.some((name) => line.includes(name)) || / (died|is frozen|is out|is down|gets SIGTERM)/.test(line),
		)
		.map((line) => `    ${line.slice(0, lineMax)}`);
}
