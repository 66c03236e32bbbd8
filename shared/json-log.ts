import { pino } from "pino";
import type { Log } from "./log.ts";

/** Fields that are never logged, at the top level or one level down. */
const secrets = ["password", "authorization", "*.password", "*.authorization", "text", "*.text"];

/** An error as it is logged: without `$response`, the raw answer that AWS's clients attach, which has several KB. */
export function errorFields(error: unknown): unknown {
	if (!(error instanceof Error)) return error;
	const { $response: _, ...fields } = pino.stdSerializers.err(error) as Readonly<Record<string, unknown>>;
	return fields;
}

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
		serializers: { err: errorFields },
		redact: { paths: secrets, remove: true },
	});
	return {
		info: (event, fields = {}) => lines.info(fields, event),
		warn: (event, fields = {}) => lines.warn(fields, event),
		error: (event, fields = {}) => lines.error(fields, event),
	};
}
