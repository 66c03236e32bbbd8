/**
 * Whether `text` matches `pattern` as in IAM: `*` is any number of characters, colons included, `?` is exactly one. The time is
 * bounded by the product of both lengths.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
	let textIndex = 0;
	let patternIndex = 0;
	let star = -1;
	let starStart = 0;
	while (textIndex < text.length) {
		if (pattern[patternIndex] === "*") {
			star = patternIndex++;
			starStart = textIndex;
		} else if (pattern[patternIndex] === "?" || pattern[patternIndex] === text[textIndex]) {
			patternIndex++;
			textIndex++;
		} else if (star >= 0) {
			patternIndex = star + 1;
			textIndex = ++starStart;
		} else return false;
	}
	return [...pattern.slice(patternIndex)].every((character) => character === "*");
}
