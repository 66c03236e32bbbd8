/** A service did not do a call in all its tries, for it is throttled or has trouble of its own: the same call may well succeed in a moment. */
export class TemporaryFault extends Error {
	override readonly name = "TemporaryFault";
}

/** AWS, or the way to it, is at fault: the same request may well succeed in a moment. */
export function isTransient(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	/* A connection's errors have a code of the system's, such as ECONNRESET; Node's own, ERR_…, are mistakes of ours. */
	const ofSystem = "code" in error && !String(error.code).startsWith("ERR_");
	return error instanceof TemporaryFault || "$fault" in error || error.name === "TimeoutError" || ofSystem;
}

/** What a log says of an error where there may be one for every message: of a passing one its text, of any other all there is. */
export function errorSummary(error: unknown): unknown {
	return isTransient(error) ? String(error) : error;
}

/**
 * Rows are there and cannot be read: a newer version wrote them, for the most part, and was rolled back. What is about them waits until they
 * can be; they are never to be taken for absent, for whatever holds their message would be let go of.
 */
export class UnreadableRows extends Error {
	override readonly name = "UnreadableRows";

	constructor(what: string, ids: Iterable<number | string>) {
		super(`${what} ${[...ids].join(", ")} cannot be read`);
	}
}
