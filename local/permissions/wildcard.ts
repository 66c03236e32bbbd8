/**
 * Whether `text` is what `pattern` means: `*` stands for any characters, none and colons included, `?` for exactly one, as in IAM.
 * Its time is bounded by the product of the two lengths, whatever the pattern.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
	let at = 0;
	let inPattern = 0;
	let star = -1;
	let starredFrom = 0;
	while (at < text.length) {
		if (pattern[inPattern] === "*") {
			star = inPattern++;
			starredFrom = at;
		} else if (pattern[inPattern] === "?" || pattern[inPattern] === text[at]) {
			inPattern++;
			at++;
		} else if (star >= 0) {
			inPattern = star + 1;
			at = ++starredFrom;
		} else return false;
	}
	return [...pattern.slice(inPattern)].every((rest) => rest === "*");
}
