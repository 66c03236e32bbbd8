/** What is not known is shown as a dash. */
export type Values = Readonly<Record<string, string | number | null | undefined>>;

/** A text with its words in braces replaced. */
export const filledText = (text: string, values: Values, numberText: (value: number) => string): string =>
	text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
		const value = values[name];
		return typeof value === "number" ? numberText(value) : (value ?? "–");
	});
