/** The engines know what shared/aws uses. Anything else is a gap in the simulator, never an answer. */
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
