import type { Message } from "#shared/domain/message.ts";
import { messageView, segmentView } from "#shared/domain/message-view.ts";
import { type HttpAnswer, ok } from "./answers.ts";
import type { Event } from "./http-handler.ts";

/** A message as its client reads it, with its segments where `segments_info=true` asks for them (R13). */
export function messageAnswer(
	event: Event,
	{ message, informed }: { readonly message: Message; readonly informed: boolean },
): HttpAnswer {
	const view = messageView(message, informed);
	if (event.queryStringParameters?.["segments_info"] !== "true") return ok(view);
	return ok({ ...view, segments: message.segments.map(segmentView) });
}
