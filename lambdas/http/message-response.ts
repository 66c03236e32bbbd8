import type { Message } from "#shared/domain/message/message.ts";
import { messageView, segmentView } from "#shared/domain/message/message-view.ts";
import type { Event } from "./http-handler.ts";
import { type HttpResponse, ok } from "./responses.ts";

/** A message as a response, with its segments if `segments_info=true` (R13). */
export function messageResponse(
	event: Event,
	{ message, informed }: { readonly message: Message; readonly informed: boolean },
): HttpResponse {
	const view = messageView(message, informed);
	if (event.queryStringParameters?.["segments_info"] !== "true") return ok(view);
	return ok({ ...view, segments: message.segments.map(segmentView) });
}
