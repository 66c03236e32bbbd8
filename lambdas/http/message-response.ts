import { queryFlag } from "#shared/contracts/boolean-flag.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { messageView, segmentView } from "#shared/domain/message/message-view.ts";
import type { Event } from "./http-handler.ts";
import { type HttpResponse, ok } from "./responses.ts";

/** A message as a response, with its segments if `segments_info` is true (R13). */
export function messageResponse(
	event: Event,
	{ message, informed }: { readonly message: Message; readonly informed: boolean },
): HttpResponse {
	const view = messageView(message, informed);
	if (!queryFlag(event.queryStringParameters?.["segments_info"])) return ok(view);
	return ok({ ...view, segments: message.segments.map(segmentView) });
}
