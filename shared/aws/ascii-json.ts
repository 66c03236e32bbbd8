/**
 * A value as JSON in ASCII only, everything else escaped. A queue's entry may not hold every character that a text may; its
 * escapes it may.
 */
export function asciiJson(value: unknown): string {
	return JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
