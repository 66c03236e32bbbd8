/** A call that AWS may answer, but not the engines here: they know what the gateway uses, and refuse the rest by name. */
export class Unsupported extends Error {
	constructor(what: string) {
		super(`not supported: ${what}`);
		this.name = "NotSupported";
	}
}

export function unsupported(what: string): never {
	throw new Unsupported(what);
}

/** Refuses a call with a field that the engine would ignore. */
export function onlyKnown(operation: string, input: object, known: ReadonlySet<string>): void {
	for (const field in input) {
		if (!known.has(field) && input[field as keyof typeof input] !== undefined) {
			unsupported(`the field ${field} of ${operation}`);
		}
	}
}
