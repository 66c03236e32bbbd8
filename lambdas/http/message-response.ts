import { queryFlag } from "#shared/contracts/boolean-flag.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { messageView, segmentView } from "#shared/domain/message/message-view.ts";
import type { Timeline } from "#shared/domain/message/timeline-event.ts";
import { timelineView } from "#shared/domain/message/timeline-view.ts";
import type { Event } from "./http-handler.ts";
import { type HttpResponse, ok } from "./responses.ts";

/** A message as a response, with its segments if `segments_info` is true (R13), and its timeline if there is one (A52). */
export function messageResponse(
	event: Event,
	{ message, informed }: { readonly message: Message; readonly informed: boolean },
	timeline: Timeline | null = null,
): HttpResponse {
	const wantsSegments = queryFlag(event.queryStringParameters?.["segments_info"]);
	return ok({
		...messageView(message, informed),
		...(wantsSegments && { segments: message.segments.map(segmentView) }),
		...(timeline !== null && timelineView(timeline, "client")),
	});
}
