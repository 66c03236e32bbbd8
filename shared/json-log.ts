import { pino } from "pino";
import type { Log } from "./log.ts";

/** What could be told of somebody by a log that leaks: never written, whatever object it comes in. */
const secrets = ["password", "authorization", "*.password", "*.authorization", "text", "*.text"];

/**
 * A log of JSON lines on standard output, one per event, as CloudWatch takes them.
 * @param part which of our processes or functions speaks.
 */
export function jsonLog(part: string): Log {
	const lines = pino({
		base: { part },
		messageKey: "event",
		timestamp: pino.stdTimeFunctions.isoTime,
		formatters: { level: (level) => ({ level }) },
		redact: { paths: secrets, remove: true },
	});
	return {
		info: (event, fields = {}) => lines.info(fields, event),
		warn: (event, fields = {}) => lines.warn(fields, event),
		error: (event, fields = {}) => lines.error(fields, event),
	};
}
