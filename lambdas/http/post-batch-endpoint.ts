import { batchBody } from "#shared/contracts/batch-body.ts";
import type { BatchRequest } from "#shared/domain/accept/batch.ts";
import { dryRunBatchView, dryRunReplayView } from "#shared/domain/accept/dry-run-view.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { type AcceptBatchDeps, acceptBatch } from "#shared/usecases/accept/accept-batch.ts";
import { tryBatch } from "#shared/usecases/accept/try-requests.ts";
import type { AdmitRequest } from "#shared/usecases/accounts/admit-request.ts";
import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";
import { isDryRun } from "./dry-run.ts";
import { authenticatedAccount, type Event, httpHandler } from "./http-handler.ts";
import { inTurn } from "./in-turn.ts";
import { requestBody } from "./request-body.ts";
import { created, type HttpResponse, ok, replayed } from "./responses.ts";

export type PostBatchDeps = {
	readonly gateway: Omit<AcceptBatchDeps, "limits">;
	readonly admitRequest: AdmitRequest;
	readonly limits: AccountLimits;
	readonly publicUrl: string;
};

/**
 * Batches that one process accepts at once, and that wait for it. More get a 503 at once, instead of making all of them too
 * slow (ADR 0073). Few large ones wait, because each takes seconds.
 */
const places = { small: { atOnce: 4, waitingMax: 16 }, large: { atOnce: 2, waitingMax: 2 } } as const;
/** Octets of a body, from which on a batch is large. */
const largeFrom = 256 * 1_024;
const retryAfterMs = 5_000;

/** The handler of POST /batches, without its wiring (R10, R27, R28). */
export function postBatchEndpoint(deps: PostBatchDeps) {
	const smallInTurn = inTurn(places.small.atOnce, places.small.waitingMax, retryAfterMs);
	const largeInTurn = inTurn(places.large.atOnce, places.large.waitingMax, retryAfterMs);
	return httpHandler(async (event) => {
		const account = await authenticatedAccount(event, deps.admitRequest);
		const acceptInTurn = Buffer.byteLength(event.body ?? "") < largeFrom ? smallInTurn : largeInTurn;
		return await acceptInTurn(account, async () => await accept(deps, account, event));
	});
}

async function accept(
	{ gateway, limits, publicUrl }: PostBatchDeps,
	account: Account,
	event: Event,
): Promise<HttpResponse> {
	const dryRun = isDryRun(event);
	const request = requestBody(event, batchBody);
	if (dryRun) return await tried(gateway, account, request);
	const outcome = await acceptBatch(
		{ ...gateway, limits, clientAddress: event.requestContext.http.sourceIp },
		account,
		request,
	);
	if (outcome.kind === "refused") throw outcome.refusal;
	const location = `${publicUrl}/batches/${outcome.batchId}`;
	const body = { batch_id: String(outcome.batchId) };
	return outcome.kind === "replayed" ? replayed(location, body) : created(location, body);
}

/** What would be answered: a refusal as it is, and what would become of an accepted batch. */
async function tried(
	gateway: PostBatchDeps["gateway"],
	account: Account,
	request: BatchRequest,
): Promise<HttpResponse> {
	const outcome = await tryBatch(gateway, account, request);
	if (outcome.kind === "refused") throw outcome.refusal;
	if (outcome.kind === "replayed") return ok(dryRunReplayView(outcome.batchId));
	return ok(dryRunBatchView(outcome.drafts));
}
