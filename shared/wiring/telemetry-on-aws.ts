import { destination } from "pino";
import { type BufferedMetrics, emfMetrics } from "../aws/emf-metrics.ts";
import { countedLog } from "../counted-log.ts";
import { jsonLog } from "../json-log.ts";
import type { Log } from "../log.ts";

/** A process's log and metrics, on standard output for CloudWatch. */
export type Telemetry = { readonly log: Log; readonly metrics: BufferedMetrics };

export function telemetryOnAws({ METRICS_NAMESPACE }: { readonly METRICS_NAMESPACE: string }, part: string): Telemetry {
	/* Synchronous, like the log: nothing is lost when the process ends, and no line goes through the main thread. */
	const output = destination({ dest: 1, sync: true });
	const metrics = emfMetrics({
		namespace: METRICS_NAMESPACE,
		write: (line) => void output.write(`${line}\n`),
		now: Date.now,
		chance: Math.random,
	});
	return { log: countedLog(jsonLog(part), metrics), metrics };
}
