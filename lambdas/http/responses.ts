import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { type ErrorCode, errorText } from "#shared/domain/message/error-codes.ts";
import type { Refusal } from "#shared/domain/message/refusal.ts";
import type { OverLimit } from "#shared/usecases/accounts/admit-request.ts";

/**
 * The one place that knows HTTP's statuses: what each outcome of ours is on the wire (R2, R7, A8, A43).
 */

export type HttpResponse = APIGatewayProxyStructuredResultV2;

type Headers = Readonly<Record<string, string>>;

function json(statusCode: number, body: unknown, headers: Headers = {}): HttpResponse {
	return {
		statusCode,
		headers: { "content-type": "application/json; charset=utf-8", ...headers },
		body: JSON.stringify(body),
	};
}

export const ok = (body: unknown): HttpResponse => json(200, body);

export const noContent = (): HttpResponse => ({ statusCode: 204 });

export const created = (location: string, body: unknown): HttpResponse => json(201, body, { location });

/** As before: this very request was carried out already (A28). */
export const replayed = (location: string, body: unknown): HttpResponse =>
	json(201, body, { location, "idempotent-replayed": "true" });

const retryAfter = (ms: number): Headers => ({ "retry-after": String(Math.max(1, Math.ceil(ms / 1_000))) });

const overTexts = {
	requestsPerSecond: (max: number) => `Your account may make ${max} requests a second`,
	messagesPerDay: (max: number) => `Your account may send ${max} messages a day, and fewer are left than this asks for`,
} as const satisfies Record<OverLimit["limit"], (max: number) => string>;

/** What a request is told that cannot be served, other than by a refusal of its content. */
export class HttpProblem extends Error {
	readonly statusCode: number;
	readonly headers: Headers;
	readonly code: ErrorCode | null;

	constructor(statusCode: number, message: string, headers: Headers = {}, code: ErrorCode | null = null) {
		super(message);
		this.statusCode = statusCode;
		this.headers = headers;
		this.code = code;
	}
}

export const unauthorized = () =>
	new HttpProblem(401, "User name or password is missing or wrong", {
		"www-authenticate": 'Basic realm="SMSGW", charset="UTF-8"',
	});
export const forbidden = (message: string) => new HttpProblem(403, message);
export const notFound = (message: string) => new HttpProblem(404, message);
export const methodNotAllowed = (method: string, allowed: readonly string[]) =>
	new HttpProblem(405, `${method} is not allowed here`, { allow: allowed.join(", ") });
export const conflict = (message: string) => new HttpProblem(409, message);
export const tooLarge = (bytesMax: number) =>
	new HttpProblem(413, `The request body is larger than ${bytesMax / 1_024 / 1_024} MB`);
/** Too many wrong passwords for one account from one address. */
export const tooManyFailedLogins = (afterMs: number) =>
	new HttpProblem(429, "Too many failed logins for this user from this address, try again later", retryAfter(afterMs));
/** Over a limit of the account's own. */
export const overLimit = ({ limit, max, afterMs }: OverLimit) =>
	new HttpProblem(429, `${errorText("88")} ${overTexts[limit](max)}`, retryAfter(afterMs), "88");
export const unavailable = () =>
	new HttpProblem(503, "Temporarily unavailable, try again; a repeated request is safe", { "retry-after": "1" });

/** What is added to a refusal for the client that asks again for what it has already (A28). */
export type ExistingMessage = { readonly message_id: string; readonly location: string };

export function refused(refusal: Refusal, requestId: string, existing?: ExistingMessage): HttpResponse {
	const body = {
		error_message: refusal.message,
		error_code: refusal.code,
		field: refusal.field,
		request_id: requestId,
	};
	if (existing === undefined) return json(400, body);
	return json(400, { ...body, message_id: existing.message_id }, { location: existing.location });
}

export function problem({ statusCode, message, headers, code }: HttpProblem, requestId: string): HttpResponse {
	return json(statusCode, { error_message: message, error_code: code, field: null, request_id: requestId }, headers);
}

/** A fault of ours: the caller is told nothing of it but where to find it in our log. */
export function fault(requestId: string): HttpResponse {
	return json(500, { error_message: "Internal error", error_code: null, field: null, request_id: requestId });
}
