import type { Account } from "../accounts/account.ts";
import { errorText, unknownError } from "../message/error-codes.ts";
import type { Message } from "../message/message.ts";
import { keptUntil } from "../message/retention.ts";
import { segmentText } from "../message/segments.ts";
import type { RefusedRequest } from "./batch.ts";
import { defaultExpiry, defaultTimeBounds } from "./new-message.ts";
import { type CreationContext, newRowFields } from "./new-row-fields.ts";

/** The row of a message of a tolerant batch that cannot be sent. It ends on acceptance, and is reported (R28, A24). */
export function refusedMessage(account: Account, request: RefusedRequest, creation: CreationContext): Message {
	const { refusal, schedule } = request;
	const errorCode = refusal.code ?? unknownError;
	const timeBounds = request.timeBounds ?? defaultTimeBounds(account, request.sender);
	return {
		...newRowFields(account, request, creation),
		isFailFast: false,
		timeBounds,
		scheduleState: null,
		expiresAt: request.expiresAt ?? defaultExpiry({ timeBounds, schedule }, creation.now),
		keepUntil: keptUntil(creation, creation.now),
		operator: null,
		segmentCount: segmentText(request.text).segments.length,
		status: "UNDELIVERABLE",
		errorCode,
		refusalText: refusal.message === errorText(errorCode) ? null : refusal.message,
		unreadFields: request.unreadFields,
		reportBatchId: creation.reportBatchId,
		wantsInterimReports: false,
		reportPreference: "always",
		given: null,
		part: null,
		smpp: null,
	};
}
