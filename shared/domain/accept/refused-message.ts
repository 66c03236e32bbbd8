import { unknownError } from "../message/error-codes.ts";
import type { Message } from "../message/message.ts";
import { keptUntil } from "../message/retention.ts";
import { segmentText } from "../message/segments.ts";
import type { RefusedRequest } from "./batch.ts";
import type { CreationContext } from "./new-message.ts";

/** The row of a message of a tolerant batch that cannot be sent. It ends on acceptance, and is reported (R28, A24). */
export function refusedMessage(userName: string, request: RefusedRequest, creation: CreationContext): Message {
	return {
		messageId: creation.messageId,
		userName,
		clientMessageId: request.clientMessageId,
		attempt: creation.attempt,
		batchId: creation.batchId,
		isFailFast: false,
		sender: request.sender,
		recipient: request.recipient,
		text: request.text,
		priority: 0,
		timeBounds: "full",
		flash: false,
		schedule: null,
		scheduleState: null,
		expiresAt: creation.now,
		keepUntil: keptUntil(creation, creation.now),
		operator: null,
		segmentCount: segmentText(request.text).segments.length,
		status: "UNDELIVERABLE",
		errorCode: request.refusal.code ?? unknownError,
		acceptedAt: creation.now,
		sentAt: null,
		confirmedAt: null,
		statusAt: creation.now,
		retryCount: 0,
		holder: null,
		waitsUntil: null,
		repeated: null,
		segments: [],
		reportBatchId: creation.reportBatchId,
		wantsInterimReports: false,
		sentReportBatchId: null,
		enRouteReportBatchId: null,
		reportPreference: "always",
		part: null,
		smpp: null,
		revision: 0,
	};
}
