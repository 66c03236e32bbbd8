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
