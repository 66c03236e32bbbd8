import type { RefusedRequest } from "./batch.ts";
import { unknownError } from "./error-codes.ts";
import { keptUntil } from "./lifetimes.ts";
import type { Message } from "./message.ts";
import type { Birth } from "./new-message.ts";
import { segmentText } from "./segments.ts";

/** The row of a message that a tolerant batch took and that cannot be sent: it ends as it begins, and is reported (R28, A24). */
export function refusedMessage(userName: string, request: RefusedRequest, birth: Birth): Message {
	return {
		messageId: birth.messageId,
		userName,
		clientMessageId: request.clientMessageId,
		attempt: birth.attempt,
		batchId: birth.batchId,
		whole: false,
		sender: request.sender,
		recipient: request.recipient,
		text: request.text,
		priority: 0,
		timeBounds: "full",
		flash: false,
		schedule: null,
		scheduleState: null,
		expiresAt: birth.now,
		keepUntil: keptUntil(birth, birth.now),
		operator: null,
		segmentCount: segmentText(request.text).segments.length,
		status: "UNDELIVERABLE",
		errorCode: request.refusal.code ?? unknownError,
		acceptedAt: birth.now,
		sentAt: null,
		confirmedAt: null,
		statusAt: birth.now,
		retryCount: 0,
		holder: null,
		repeated: null,
		segments: [],
		pack: birth.packId,
		toldOnWay: false,
		sentReport: null,
		enRouteReport: null,
		reported: "always",
		part: null,
		revision: 0,
	};
}
