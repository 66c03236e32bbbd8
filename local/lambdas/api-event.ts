import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { account } from "../template/local-references.ts";
import { decoded, type RouteMatch } from "./route-table.ts";

const apiId = "local";

/**
 * The content types that API Gateway passes as text, in UTF-8 only. All others, and bodies without a type, are passed in base64: so it
 * was measured for `text/plain; charset=iso-8859-1`.
 */
const textual =
	/^(?:text\/|application\/json\b|application\/(?:javascript|xml)\b)(?!.*charset\s*=\s*(?!["']?utf-?8\b))/i;

/**
 * A request's event in payload format 2.0, as JSON text. As in API Gateway, `rawPath` is URL-decoded despite its name, cookies are
 * apart from the headers, and repeated parameters are joined by commas.
 */
export function apiEvent(request: IncomingMessage, { route, pathParameters }: RouteMatch, body: Buffer): string {
	const { path, query } = pathAndQuery(request);
	const { cookie, ...headers } = request.headers;
	const rawPath = decoded(path);
	const now = Date.now();
	const base64 = body.length > 0 && !textual.test(headers["content-type"] ?? "");
	const sourceIp = request.socket.remoteAddress ?? "";
	return JSON.stringify({
		version: "2.0",
		routeKey: route.key,
		rawPath,
		rawQueryString: query,
		...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
		headers: {
			...headers,
			"x-forwarded-for": sourceIp,
			"x-forwarded-proto": "encrypted" in request.socket ? "https" : "http",
		},
		...(query !== "" && { queryStringParameters: joined(query) }),
		...(pathParameters && { pathParameters }),
		requestContext: {
			accountId: account,
			apiId,
			domainName: headers.host ?? "",
			domainPrefix: apiId,
			http: {
				method: request.method,
				path: rawPath,
				protocol: `HTTP/${request.httpVersion}`,
				sourceIp,
				userAgent: headers["user-agent"] ?? "",
			},
			requestId: randomUUID(),
			routeKey: route.key,
			stage: "$default",
			time: logTime(now),
			timeEpoch: now,
		},
		...(body.length > 0 && { body: body.toString(base64 ? "base64" : "utf8") }),
		isBase64Encoded: base64,
	});
}

export function pathAndQuery(request: IncomingMessage): { readonly path: string; readonly query: string } {
	const url = request.url ?? "/";
	const mark = url.indexOf("?");
	return mark < 0 ? { path: url, query: "" } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

function joined(query: string): Record<string, string> {
	const parameters: Record<string, string> = {};
	for (const [name, value] of new URLSearchParams(query)) {
		const before = parameters[name];
		parameters[name] = before === undefined ? value : `${before},${value}`;
	}
	return parameters;
}

let cachedSecond = -1;
let cachedTime = "";

/** `12/Mar/2026:19:03:58 +0000`, computed once a second. */
function logTime(now: number): string {
	const second = Math.floor(now / 1_000);
	if (second !== cachedSecond) {
		const [, day, month, year, time] = new Date(now).toUTCString().split(" ");
		cachedTime = `${day}/${month}/${year}:${time} +0000`;
		cachedSecond = second;
	}
	return cachedTime;
}
