/** What a Markdown page refers to, read without its code blocks. */
type Page = {
	/** Targets of links and images, as they stand: `docs/adr/README.md#terms`, `#terms`, `https://…`. */
	readonly links: readonly string[];
	/** The texts in backticks. */
	readonly codes: readonly string[];
	/** The anchors that GitHub gives its headings. */
	readonly anchors: ReadonlySet<string>;
};

export function pageOf(markdown: string): Page {
	const prose = markdown.replaceAll(/^```.*?^```/gms, "");
	const withoutCode = prose.replaceAll(/`[^`\n]+`/g, "");
	return {
		links: [
			...[...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target),
			...[...withoutCode.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)].map(([, target = ""]) => target),
		],
		codes: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code),
		anchors: anchorsOf([...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading)),
	};
}

/** GitHub's rule: small letters, no punctuation, hyphens for spaces, and a number from the second one of a name on. */
function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
	const seen = new Map<string, number>();
	return new Set(
		headings.map((heading) => {
			const name = heading
				.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
				.toLowerCase()
				.replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
				.trim()
				.replaceAll(/\s/g, "-");
			const times = seen.get(name) ?? 0;
			seen.set(name, times + 1);
			return times === 0 ? name : `${name}-${times}`;
		}),
	);
}
