import middy, { type MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { edgeEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { isTransient } from "#shared/domain/faults.ts";
import { OverLimitRefusal } from "#shared/domain/limits/over-limit.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { jsonLog } from "#shared/json-log.ts";
import type { AdmitRequest } from "#shared/usecases/accounts/admit-request.ts";
import { basicCredentials } from "./basic-credentials.ts";
import { eventThroughEdge } from "./edge.ts";
import {
	fault,
	HttpProblem,
	type HttpResponse,
	overLimit,
	problemResponse,
	refusedResponse,
	tooManyFailedLogins,
	unauthorized,
	unavailable,
} from "./responses.ts";

export type Event = APIGatewayProxyEventV2;

const log = jsonLog("http");

/** A handler for API Gateway, behind CloudFront if there is a key. An error becomes a response without a stack trace. */
export function httpHandler(answer: (event: Event) => Promise<HttpResponse>, { EDGE_KEY: key } = readEnv(edgeEnv)) {
	const answered = async (event: Event) => await answer(key === undefined ? event : eventThroughEdge(event, key));
	return middy<Event, HttpResponse>().use(errorsAnswered).handler(answered);
}

const errorsAnswered: MiddlewareObj<Event, HttpResponse> = {
	onError: (request) => {
		request.response = answerTo(request.error, request.event.requestContext.requestId);
	},
};

function answerTo(error: unknown, requestId: string): HttpResponse {
	if (error instanceof OverLimitRefusal) return problemResponse(overLimit(error.over), requestId);
	if (error instanceof Refusal) return refusedResponse(error, requestId);
	if (error instanceof HttpProblem) return problemResponse(error, requestId);
	log.error("request.failed", { request_id: requestId, err: error });
	return isTransient(error) ? problemResponse(unavailable(), requestId) : fault(requestId);
}

/**
 * Authenticates the request (R3).
 * @throws HttpProblem 401; 429 over the rate limit or after too many failed logins; 503 while too many passwords are being checked.
 */
export async function authenticatedAccount(event: Event, admitRequest: AdmitRequest): Promise<Account> {
	const basic = basicCredentials(event.headers["authorization"]);
	if (basic === null) throw unauthorized();
	const outcome = await admitRequest(basic.userName, basic.password, event.requestContext.http.sourceIp);
	switch (outcome.kind) {
		case "known":
			return outcome.account;
		case "unknown":
			throw unauthorized();
		case "slowed":
			throw tooManyFailedLogins(outcome.afterMs);
		case "over":
			throw overLimit(outcome);
		case "busy":
			throw unavailable();
	}
}
