import { messageBody } from "#shared/contracts/message-body.ts";
import { dryRunMessageView } from "#shared/domain/accept/dry-run-view.ts";
import type { MessageRequest } from "#shared/domain/accept/message-request.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { type AcceptDeps, type AcceptOutcome, acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import { tryMessage } from "#shared/usecases/accept/try-requests.ts";
import type { AdmitRequest } from "#shared/usecases/accounts/admit-request.ts";
import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";
import { isDryRun } from "./dry-run.ts";
import { authenticatedAccount, type Event, httpHandler } from "./http-handler.ts";
import { inTurn } from "./in-turn.ts";
import { requestBody } from "./request-body.ts";
import { created, type HttpResponse, ok, refusedResponse, replayed } from "./responses.ts";

export type PostMessageDeps = {
	readonly gateway: AcceptDeps;
	readonly admitRequest: AdmitRequest;
	readonly limits: AccountLimits;
	readonly publicUrl: string;
};

type Duplicate = Extract<AcceptOutcome, { kind: "duplicate" }>;

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

async function accept(deps: PostMessageDeps, account: Account, event: Event): Promise<HttpResponse> {
	const { gateway, limits, publicUrl } = deps;
	const dryRun = isDryRun(event);
	const request = requestBody(event, messageBody);
	if (dryRun) return await tried(deps, account, request, event);
	const [outcome] = await acceptMessages(
		{ ...gateway, limits, clientAddress: event.requestContext.http.sourceIp },
		account,
		[request],
	);
	if (outcome === undefined) throw new Error("a request has no outcome");
	if (outcome.kind === "refused") throw outcome.refusal;
	if (outcome.kind === "duplicate" && !isReplay(outcome, account)) return usedResponse(outcome, publicUrl, event);
	const { messageId, shortenedTo } = outcome;
	const body = {
		message_id: String(messageId),
		...(shortenedTo !== null && { expire_date: almatyText(shortenedTo) }),
	};
	const location = locationOf(messageId, publicUrl);
	return outcome.kind === "accepted" ? created(location, body) : replayed(location, body);
}

const isReplay = ({ same }: Duplicate, { duplicates }: Account) => same && duplicates === "replay";

const locationOf = (messageId: number, publicUrl: string) => `${publicUrl}/messages/${messageId}`;

/** The client_message_id was used before, for another message or by an account that gets no replays. */
function usedResponse({ messageId }: Duplicate, publicUrl: string, event: Event): HttpResponse {
	const refusal = new Refusal("23", { field: "client_message_id" });
	const existing = { message_id: String(messageId), location: locationOf(messageId, publicUrl) };
	return refusedResponse(refusal, event.requestContext.requestId, existing);
}

/** What would be answered: a refusal as it is, and what would become of an accepted message. */
async function tried(
	{ gateway, publicUrl }: PostMessageDeps,
	account: Account,
	request: MessageRequest,
	event: Event,
): Promise<HttpResponse> {
	const outcome = await tryMessage(gateway, account, request);
	if (outcome.kind === "refused") throw outcome.refusal;
	if (outcome.kind === "accepted") return ok(dryRunMessageView(outcome.row));
	if (!isReplay(outcome, account)) return usedResponse(outcome, publicUrl, event);
	return ok({ dry_run: true, message_id: String(outcome.messageId) });
}
