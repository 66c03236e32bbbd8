/** The engines simulate what shared/aws uses. A call outside that is a gap in the simulator: it throws. */
export function notSimulated(what: string): never {
	throw new Error(`not simulated: ${what}`);
}

/** Refuses a call with a field that the engine would ignore. */
export function onlyKnown(operation: string, input: object, known: ReadonlySet<string>): void {
	for (const field in input) {
		if (!known.has(field) && input[field as keyof typeof input] !== undefined) {
			notSimulated(`the field ${field} of ${operation}`);
		}
	}
}
