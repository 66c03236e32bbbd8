/** A service failed or throttled a call in all its tries. The same call may succeed soon. */
export class TemporaryFault extends Error {
	override readonly name = "TemporaryFault";
}

/** Whether AWS, or the network to it, is at fault. The same request may succeed soon. */
export function isTransient(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	/* Connection errors have a system code such as ECONNRESET. Codes that begin with ERR_ are programming errors. */
	const ofSystem = "code" in error && !String(error.code).startsWith("ERR_");
	return error instanceof TemporaryFault || "$fault" in error || error.name === "TimeoutError" || ofSystem;
}

/** An error as it is logged, where each message may log one: only the text of a transient error, all of any other. */
export function errorSummary(error: unknown): unknown {
	return isTransient(error) ? String(error) : error;
}

/**
 * Rows exist but cannot be read, mostly because a newer version wrote them and was rolled back. They are never treated
 * as absent: the holder of their message would be deleted. Work on them waits until they can be read.
 */
export class UnreadableRows extends Error {
	override readonly name = "UnreadableRows";

	constructor(what: string, ids: Iterable<number | string>) {
		super(`${what} ${[...ids].join(", ")} cannot be read`);
	}
}
