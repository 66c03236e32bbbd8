import { messageView } from "#shared/domain/message/message-view.ts";
import type { ReadBatchOutcome } from "#shared/usecases/message/read-batch.ts";
import { listResponse } from "./list-response.ts";
import type { PageQuery } from "./page-query.ts";
import type { HttpResponse } from "./responses.ts";

type FoundBatch = Extract<ReadBatchOutcome, { kind: "found" }>;

/** The messages of a batch, or of a page of it. `Next-Cursor` is the index of the next message. */
export function batchResponse({ messages, count }: FoundBatch, { from, limit }: PageQuery): HttpResponse {
	const views = messages.map(({ message, informed }) => messageView(message, informed));
	return listResponse(views, (fitting) => {
		const next = messages[fitting]?.index ?? from + limit;
		return next < count ? String(next) : null;
	});
}
