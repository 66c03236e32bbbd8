/** A value as JSON in ASCII, other characters escaped: SQS does not accept every character of Unicode. */
export function asciiJson(value: unknown): string {
	return JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
