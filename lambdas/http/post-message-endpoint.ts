import { messageBody } from "#shared/contracts/message-body.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { type AcceptDeps, acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import type { AdmitRequest } from "#shared/usecases/accounts/admit-request.ts";
import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";
import { authenticatedAccount, type Event, httpHandler } from "./http-handler.ts";
import { inTurn } from "./in-turn.ts";
import { requestBody } from "./request-body.ts";
import { created, type HttpResponse, refusedResponse, replayed } from "./responses.ts";

export type PostMessageDeps = {
	readonly gateway: AcceptDeps;
	readonly admitRequest: AdmitRequest;
	readonly limits: AccountLimits;
	readonly publicUrl: string;
};

/**
 * Messages that one process accepts at once: enough to fill micro-batches, and few enough that a message waits little behind
 * those of another account (ADR 0096).
 */
const acceptedAtOnce = 64;
const waitingMax = 1_000;
const retryAfterMs = 1_000;

/** The handler of POST /messages, without its wiring (R7, A28). */
export function postMessageEndpoint(deps: PostMessageDeps) {
	const acceptInTurn = inTurn(acceptedAtOnce, waitingMax, retryAfterMs);
	return httpHandler(async (event) => {
		const account = await authenticatedAccount(event, deps.admitRequest);
		return await acceptInTurn(account, async () => await accept(deps, account, event));
	});
}

async function accept(
	{ gateway, limits, publicUrl }: PostMessageDeps,
	account: Account,
	event: Event,
): Promise<HttpResponse> {
	const request = requestBody(event, messageBody);
	const [outcome] = await acceptMessages(
		{ ...gateway, limits, clientAddress: event.requestContext.http.sourceIp },
		account,
		[request],
	);
	if (outcome === undefined) throw new Error("a request has no outcome");
	if (outcome.kind === "refused") throw outcome.refusal;
	const location = `${publicUrl}/messages/${outcome.messageId}`;
	const messageId = { message_id: String(outcome.messageId) };
	const { shortenedTo } = outcome;
	const body = { ...messageId, ...(shortenedTo !== null && { expire_date: almatyText(shortenedTo) }) };
	if (outcome.kind === "accepted") return created(location, body);
	if (outcome.same && account.duplicates === "replay") return replayed(location, body);
	const duplicate = new Refusal("23", { field: "client_message_id" });
	return refusedResponse(duplicate, event.requestContext.requestId, { ...messageId, location });
}
