export type BasicCredentials = { readonly userName: string; readonly password: string };

/** The name and password of an `Authorization: Basic` header (RFC 7617, UTF-8); null for any other header. */
export function basicCredentials(header: string | undefined): BasicCredentials | null {
	const [, encoded] = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header ?? "") ?? [];
	if (encoded === undefined) return null;
	const decoded = Buffer.from(encoded, "base64").toString("utf8");
	const colon = decoded.indexOf(":");
	return colon < 1 ? null : { userName: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
