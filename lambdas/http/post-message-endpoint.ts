import { messageBody } from "#shared/contracts/message-body.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { type AcceptDeps, acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import type { AdmitRequest } from "#shared/usecases/accounts/admit-request.ts";
import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";
import { authenticatedAccount, httpHandler } from "./http-handler.ts";
import { requestBody } from "./request-body.ts";
import { created, refusedResponse, replayed } from "./responses.ts";

export type PostMessageDeps = {
	readonly gateway: AcceptDeps;
	readonly admitRequest: AdmitRequest;
	readonly limits: AccountLimits;
	readonly publicUrl: string;
};

/** The handler of POST /messages, without its wiring (R7, A28). */
export function postMessageEndpoint({ gateway, admitRequest, limits, publicUrl }: PostMessageDeps) {
	return httpHandler(async (event) => {
		const account = await authenticatedAccount(event, admitRequest);
		const request = requestBody(event, messageBody);
		const [outcome] = await acceptMessages({ ...gateway, limits }, account, [request]);
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
	});
}
