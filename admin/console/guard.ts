import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Who may call the console: a browser of this machine that was given its token, from its own pages. */
export type ConsoleGuard = {
	readonly port: number;
	/** Null: no token. For the demo only, whose passwords are public. */
	readonly token: string | null;
};

export type GuardedRequest = {
	readonly method: string;
	readonly url: URL;
	readonly headers: IncomingHttpHeaders;
};

export type Admission =
	| { readonly kind: "admitted" }
	/** The token came in the address: it goes into a cookie, and the address without it is loaded. */
	| { readonly kind: "log_in"; readonly cookie: string }
	| { readonly kind: "refused"; readonly status: 401 | 403 | 421; readonly why: string };

const refused = (status: 401 | 403 | 421, why: string): Admission => ({ kind: "refused", status, why });

/** The name has the port: cookies of one host are common to all its ports. */
const cookieName = (port: number) => `smsgw-console-${port}`;

/** A page elsewhere can reach this server by a name of its own (DNS rebinding), or send a form to it: both are refused. */
export function consoleAdmission({ method, url, headers }: GuardedRequest, { port, token }: ConsoleGuard): Admission {
	const isRead = method === "GET" || method === "HEAD";
	const foreign = foreignRequest(isRead, headers, port);
	if (foreign !== null) return foreign;
	if (token === null) return { kind: "admitted" };
	const given = url.searchParams.get("token");
	if (isRead && url.pathname === "/" && given !== null && isSame(given, token)) {
		return { kind: "log_in", cookie: `${cookieName(port)}=${token}; HttpOnly; SameSite=Strict; Path=/` };
	}
	const held = cookieIn(headers.cookie ?? "", cookieName(port));
	return held !== undefined && isSame(held, token)
		? { kind: "admitted" }
		: refused(401, "open the address that smsgw console has printed");
}

function foreignRequest(isRead: boolean, headers: IncomingHttpHeaders, port: number): Admission | null {
	const { host = "", origin } = headers;
	if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
		return refused(421, `open it at 127.0.0.1:${port}: a forwarded port must have the same number`);
	if (origin === undefined ? !isRead : origin !== `http://${host}`) return refused(403, "another origin");
	const isCrossSite = headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-mode"] !== "navigate";
	return isCrossSite ? refused(403, "another site") : null;
}

function cookieIn(header: string, name: string): string | undefined {
	const found = header.split(";").find((one) => one.trim().startsWith(`${name}=`));
	return found?.trim().slice(name.length + 1);
}

function isSame(given: string, token: string): boolean {
	const [one, other] = [Buffer.from(given), Buffer.from(token)];
	return one.length === other.length && timingSafeEqual(one, other);
}

/** Of every answer. Scripts and styles are files of this server, never inline. */
export const securityHeaders = {
	"content-security-policy":
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"cache-control": "no-store",
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
	"x-frame-options": "DENY",
} as const;
