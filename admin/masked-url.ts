const mask = "***";

/** A URL without what may be secret in it: name and password, and the query. Another text stays as it is. */
export function maskedUrl(text: string): string {
	const url = URL.parse(text);
	if (url === null) return text;
	const { username, password, search } = url;
	if (username === "" && password === "" && search === "") return text;
	if (username !== "" || password !== "") url.username = mask;
	url.password = "";
	if (search !== "") url.search = mask;
	return url.href;
}

/** A word of the caller, which may be a URL with mistakes in it, without what may be secret. */
export function maskedWord(word: string): string {
	const option = /^--[\w-]+=/.exec(word)?.[0] ?? "";
	const masked = maskedUrl(word.slice(option.length))
		.replace(/^([a-z][\w+.-]*:\/\/).*@/is, `$1${mask}@`)
		.replace(/^(?![a-z][\w+.-]*:\/\/).*:.*@/is, `${mask}@`)
		.replace(/\?.*=.*$/s, `?${mask}`);
	return `${option}${masked}`;
}
