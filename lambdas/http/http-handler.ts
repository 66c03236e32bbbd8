import middy, { type MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { z } from "zod";
import { refusalFrom } from "#shared/contracts/refusal-from.ts";
import type { Account } from "#shared/domain/account.ts";
import { Refusal } from "#shared/domain/refusal.ts";
import { jsonLog } from "#shared/log.ts";
import type { Doorkeeper } from "#shared/usecases/log-in.ts";
import { fault, type HttpAnswer, HttpProblem, problem, refused, unauthorized, unavailable } from "./answers.ts";
import { basicLogin } from "./basic-login.ts";

export type Event = APIGatewayProxyEventV2;

const log = jsonLog("http");

/** A handler of API Gateway's whose errors become answers: a refusal, a problem, or a fault, never a stack trace. */
export function httpHandler(answer: (event: Event) => Promise<HttpAnswer>) {
	return middy<Event, HttpAnswer>().use(errorsAnswered).handler(answer);
}

const errorsAnswered: MiddlewareObj<Event, HttpAnswer> = {
	onError: (request) => {
		request.response = answerTo(request.error, request.event.requestContext.requestId);
	},
};

function answerTo(error: unknown, requestId: string): HttpAnswer {
	if (error instanceof Refusal) return refused(error, requestId);
	if (error instanceof HttpProblem) return problem(error, requestId);
	log.error("request.failed", { request_id: requestId, err: error });
	return isPassing(error) ? problem(unavailable(), requestId) : fault(requestId);
}

/** AWS, or the way to it, is at fault: the same request may well succeed in a moment. */
function isPassing(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	/* A connection's errors have a code of the system's, such as ECONNRESET; Node's own, ERR_…, are mistakes of ours. */
	const ofSystem = "code" in error && !String(error.code).startsWith("ERR_");
	return "$fault" in error || error.name === "TimeoutError" || ofSystem;
}

/**
 * The account that this request comes from (R3).
 * @throws HttpProblem 401.
 */
export async function accountOf(event: Event, doorkeeper: Doorkeeper): Promise<Account> {
	const login = basicLogin(event.headers["authorization"]);
	const account = login && (await doorkeeper(login.userName, login.password));
	if (!account) throw unauthorized();
	return account;
}

/**
 * The request's JSON body, whatever content type it claims (A44).
 * @throws Refusal naming what is wrong with it, and where.
 */
export function bodyOf<Schema extends z.ZodType>(event: Event, schema: Schema): z.output<Schema> {
	const parsed = schema.safeParse(jsonOf(event));
	if (parsed.success) return parsed.data;
	throw refusalFrom(parsed.error);
}

function jsonOf({ body = "", isBase64Encoded }: Event): unknown {
	const text = isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body;
	try {
		return JSON.parse(text);
	} catch (error) {
		const detail = error instanceof Error ? `: ${error.message}` : "";
		throw new Refusal(null, { detail: `The request body is not valid JSON${detail}` });
	}
}
