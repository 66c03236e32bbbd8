import { pino } from "pino";
import type { Log } from "./log.ts";

/** Fields that are never logged, at the top level or one level down. */
const secrets = ["password", "authorization", "*.password", "*.authorization", "text", "*.text"];

/**
 * A log of JSON lines on standard output, one for each event.
 * @param part the process or function that logs.
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
