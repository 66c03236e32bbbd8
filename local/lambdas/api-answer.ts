import type { ServerResponse } from "node:http";
import * as z from "zod";
import type { InvocationOutcome } from "./open-function.ts";

const header = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** A function's answer to a request. A field of the wrong type is a fault of the function. */
const proxyAnswer = z.object({
	statusCode: z.coerce.number().int().min(200).max(599),
	headers: z.record(z.string(), header).default({}),
	cookies: z.array(z.string()).default([]),
	body: z.string().default(""),
	isBase64Encoded: z.boolean().default(false),
});

/** API Gateway's own answers (contract A43). */
export const gatewayAnswers = {
	tooLarge: { status: 413, message: "Request Entity Too Large" },
	fault: { status: 500, message: "Internal Server Error" },
	unavailable: { status: 503, message: "Service Unavailable" },
	notFound: { status: 404, message: "Not Found" },
} as const;

export function sendGatewayAnswer(
	response: ServerResponse,
	{ status, message }: (typeof gatewayAnswers)[keyof typeof gatewayAnswers],
): void {
	const body = JSON.stringify({ message });
	response
		.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
		.end(body);
}

/** Sends a function's outcome as API Gateway does: a value without a statusCode is the body of a 200, and a failure is a 500. */
export function sendOutcome(response: ServerResponse, outcome: InvocationOutcome): void {
	if (outcome.kind === "failed") {
		sendGatewayAnswer(response, gatewayAnswers.fault);
		return;
	}
	const returned: unknown = JSON.parse(outcome.payload);
	if (typeof returned !== "object" || returned === null || !("statusCode" in returned)) {
		response.writeHead(200, { "content-type": "application/json" }).end(outcome.payload);
		return;
	}
	const answer = proxyAnswer.safeParse(returned);
	if (!answer.success) {
		sendGatewayAnswer(response, gatewayAnswers.fault);
		return;
	}
	const { statusCode, headers, cookies, body, isBase64Encoded } = answer.data;
	const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
	response.setHeaders(new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])));
	if (!response.hasHeader("content-type")) response.setHeader("content-type", "text/plain; charset=utf-8");
	if (cookies.length > 0) response.setHeader("set-cookie", cookies);
	if (statusCode !== 204) response.setHeader("content-length", bytes.length);
	response.writeHead(statusCode).end(bytes);
}
