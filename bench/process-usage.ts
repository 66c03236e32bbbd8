import { readFileSync } from "node:fs";

/** Usage of a process with all its threads, by the operating system. */
export type Usage = { readonly cpuMs: number; readonly residentMb: number };

/** Linux's unit of CPU time. */
const tickMs = 10;

export function usageOf(pid: number): Usage {
	const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	/* The second field, the command's name, may contain anything and ends at the last parenthesis. */
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	const residentKb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
	return { cpuMs: (user + system) * tickMs, residentMb: residentKb / 1_024 };
}
