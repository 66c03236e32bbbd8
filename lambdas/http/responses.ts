import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { type OverLimit, overLimitText } from "#shared/domain/limits/over-limit.ts";
import type { ErrorCode } from "#shared/domain/message/error-codes.ts";
import type { Refusal } from "#shared/domain/message/refusal.ts";

/** HTTP responses of all outcomes. No other file knows HTTP statuses (R2, R7, A8, A43). */

export type HttpResponse = APIGatewayProxyStructuredResultV2;

type Headers = Readonly<Record<string, string>>;

export const jsonHeaders = { "content-type": "application/json; charset=utf-8" } as const satisfies Headers;

function json(statusCode: number, body: unknown, headers: Headers = {}): HttpResponse {
	return {
		statusCode,
		headers: { ...jsonHeaders, ...headers },
		body: JSON.stringify(body),
	};
}

export const ok = (body: unknown): HttpResponse => json(200, body);

/** A page that may run and load only what its policy names. */
export const htmlPage = ({ html, policy }: { readonly html: string; readonly policy: string }): HttpResponse => ({
	statusCode: 200,
	headers: {
		"content-type": "text/html; charset=utf-8",
		"content-security-policy": policy,
		"x-content-type-options": "nosniff",
		"referrer-policy": "no-referrer",
	},
	body: html,
});

export const noContent = (): HttpResponse => ({ statusCode: 204 });

export const created = (location: string, body: unknown): HttpResponse => json(201, body, { location });

/** Repeats the response to a request that was already accepted (A28). */
export const replayed = (location: string, body: unknown): HttpResponse =>
	json(201, body, { location, "idempotent-replayed": "true" });

const retryAfter = (ms: number): Headers => ({ "retry-after": String(Math.max(1, Math.ceil(ms / 1_000))) });

/** An error response that is not a refusal of the request's content. */
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
export const tooManyFailedLogins = (afterMs: number) =>
	new HttpProblem(429, "Too many failed logins for this user from this address, try again later", retryAfter(afterMs));
export const overLimit = (over: OverLimit) => new HttpProblem(429, overLimitText(over), retryAfter(over.afterMs), "88");
export const unavailable = (afterMs = 1_000) =>
	new HttpProblem(503, "Temporarily unavailable, try again; a repeated request is safe", retryAfter(afterMs));

/** The message that a repeated client_message_id belongs to; added to the refusal (A28). */
export type ExistingMessage = { readonly message_id: string; readonly location: string };

export function refusedResponse(refusal: Refusal, requestId: string, existing?: ExistingMessage): HttpResponse {
	const body = {
		error_message: refusal.message,
		error_code: refusal.code,
		field: refusal.field,
		request_id: requestId,
	};
	if (existing === undefined) return json(400, body);
	return json(400, { ...body, message_id: existing.message_id }, { location: existing.location });
}

export function problemResponse({ statusCode, message, headers, code }: HttpProblem, requestId: string): HttpResponse {
	return json(statusCode, { error_message: message, error_code: code, field: null, request_id: requestId }, headers);
}

/** A fault of the gateway. The response has only the request id, by which the log has the error. */
export function fault(requestId: string): HttpResponse {
	return json(500, { error_message: "Internal error", error_code: null, field: null, request_id: requestId });
}
