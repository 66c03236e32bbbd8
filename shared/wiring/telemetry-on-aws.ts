import { destination } from "pino";
import { type BufferedMetrics, emfMetrics } from "../aws/emf-metrics.ts";
import { countedLog } from "../counted-log.ts";
import { jsonLog } from "../json-log.ts";
import type { Log } from "../log.ts";

/** What a process tells of itself, on standard output for CloudWatch: its log, and its metrics. */
export type Telemetry = { readonly log: Log; readonly metrics: BufferedMetrics };

/** @param part which of our processes or functions speaks. */
export function telemetryOnAws({ METRICS_NAMESPACE }: { readonly METRICS_NAMESPACE: string }, part: string): Telemetry {
	/* As the log does it: at once, so that nothing is lost with the process, and not by way of the main thread. */
	const output = destination({ sync: true });
	const metrics = emfMetrics({
		namespace: METRICS_NAMESPACE,
		write: (line) => void output.write(`${line}\n`),
		now: Date.now,
		chance: Math.random,
	});
	return { log: countedLog(jsonLog(part), metrics), metrics };
}
