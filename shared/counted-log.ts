import { countedEvents } from "./domain/metric-events.ts";
import { type CountName, counts, type MeasureName, measures } from "./domain/metrics.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A log that also counts some events as metrics, so a metric always agrees with its log lines. */
export function countedLog(log: Log, metrics: Metrics): Log {
	const countingLine =
		(level: keyof Log) =>
		(event: string, fields: Fields = {}) => {
			log[level](event, fields);
			count(metrics, event, fields);
			measure(metrics, event, fields);
		};
	return { info: countingLine("info"), warn: countingLine("warn"), error: countingLine("error") };
}

function count(metrics: Metrics, event: string, fields: Fields): void {
	const own = countedEvents[event]?.counts ?? {};
	for (const name of Object.keys(own) as CountName[]) {
		const how = own[name];
		const by = typeof how === "object" ? fields[how.field] : 1;
		if (typeof by === "number") metrics.count(name, by, dimensionOf(counts[name], fields));
	}
}

function measure(metrics: Metrics, event: string, fields: Fields): void {
	const own = countedEvents[event]?.measures ?? {};
	for (const name of Object.keys(own) as MeasureName[]) {
		const value = fields[own[name]?.field ?? ""];
		if (typeof value === "number") metrics.measure(name, value, dimensionOf(measures[name], fields));
	}
}

function dimensionOf({ dimension }: { readonly dimension: string | null }, fields: Fields): string | undefined {
	const value = dimension === null ? undefined : fields[dimension];
	return typeof value === "string" ? value : undefined;
}
