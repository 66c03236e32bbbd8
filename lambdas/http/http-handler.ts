import middy, { type MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Account } from "#shared/domain/account.ts";
import { isPassing } from "#shared/domain/faults.ts";
import { Refusal } from "#shared/domain/refusal.ts";
import { jsonLog } from "#shared/log.ts";
import type { Entrance } from "#shared/usecases/enter.ts";
import {
	fault,
	type HttpAnswer,
	HttpProblem,
	problem,
	refused,
	slowedDown,
	throttled,
	unauthorized,
	unavailable,
} from "./answers.ts";
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

/**
 * The account that this request comes from (R3).
 * @throws HttpProblem 401; 429 where it comes too fast, or after too many wrong passwords.
 */
export async function accountOf(event: Event, enter: Entrance): Promise<Account> {
	const login = basicLogin(event.headers["authorization"]);
	if (login === null) throw unauthorized();
	const outcome = await enter(login.userName, login.password, event.requestContext.http.sourceIp);
	switch (outcome.kind) {
		case "known":
			return outcome.account;
		case "unknown":
			throw unauthorized();
		case "slowed":
			throw slowedDown(outcome.afterMs);
		case "over":
			throw throttled(outcome);
		case "busy":
			throw unavailable();
	}
}
