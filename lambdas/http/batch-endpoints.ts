import { summarizeBatch } from "#shared/usecases/batches/summarize-batch.ts";
import { type WithdrawBatchDeps, withdrawBatch } from "#shared/usecases/batches/withdraw-batch.ts";
import { type NoBatch, readBatch } from "#shared/usecases/message/read-batch.ts";
import { batchResponse } from "./batch-response.ts";
import type { Event } from "./http-handler.ts";
import { pageQuery } from "./page-query.ts";
import { pathId } from "./path-id.ts";
import { forbidden, type HttpResponse, notFound, ok } from "./responses.ts";

/** GET and DELETE of a batch, and GET of its summary (R9, A52). */
export async function batchEndpoints(deps: WithdrawBatchDeps, userName: string, event: Event): Promise<HttpResponse> {
	const batchId = pathId(event.pathParameters?.["batch_id"], "batch");
	if (event.requestContext.http.method === "DELETE") {
		return ok(found(await withdrawBatch(deps, userName, batchId)).withdrawal);
	}
	if (/\/summary\/?$/.test(event.rawPath)) return ok(found(await summarizeBatch(deps, userName, batchId)).summary);
	const page = pageQuery(event);
	return batchResponse(found(await readBatch(deps, userName, batchId, page)), page);
}

function found<Outcome extends { readonly kind: "found" }>(outcome: Outcome | NoBatch): Outcome {
	if (outcome.kind === "absent") throw notFound("There is no such batch");
	if (outcome.kind === "foreign") throw forbidden("This batch belongs to another user");
	return outcome;
}
