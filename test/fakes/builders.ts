import { randomInt, randomUUID } from "node:crypto";
import type { MessageRequest } from "#shared/domain/accept/message-request.ts";
import { type Account, noHourlyLimits } from "#shared/domain/accounts/account.ts";
import type { IncomingMessage } from "#shared/domain/incoming/incoming-message.ts";
import type { MoPart } from "#shared/domain/incoming/mo-part.ts";
import type { Message } from "#shared/domain/message/message.ts";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import { smscRef } from "#shared/domain/receipts/smsc-ref.ts";
import type { SubmittedSegment } from "#shared/usecases/send/submission-store.ts";

/** Whole values with a test's own fields. Their ids are unique, so tests may run in parallel. */

/** Monday, 23 November 2026, 11:00:00 in Almaty. */
export const mondayAtEleven = Date.UTC(2026, 10, 23, 6, 0, 0);

export function anAccount(parts: Partial<Account> = {}): Account {
	return {
		userName: `user-${randomUUID()}`,
		disabled: false,
		senders: [{ name: "SMSGW", defaultTimeBounds: null, allowedTimeBounds: null }],
		defaultTimeBounds: "full",
		limits: { requestsPerSecond: null, messagesPerDay: null },
		hourlyLimits: noHourlyLimits,
		finalTexts: null,
		duplicates: "refuse",
		webhook: { url: "http://client.example/reports", ack: "document", reports: "final" },
		smpp: null,
		...parts,
	};
}

export function aRequest(parts: Partial<MessageRequest> = {}): MessageRequest {
	return {
		clientMessageId: randomUUID(),
		recipient: "77010000000",
		text: "тест",
		sender: "SMSGW",
		priority: 0,
		flash: false,
		timeBounds: null,
		expiresAt: null,
		schedule: null,
		part: null,
		reportPreference: "always",
		smpp: null,
		...parts,
	};
}

export function aMessage(parts: Partial<Message> = {}): Message {
	const acceptedAt = parts.acceptedAt ?? mondayAtEleven;
	return {
		messageId: randomInt(1, 2 ** 47),
		userName: "demo",
		clientMessageId: randomUUID(),
		attempt: randomUUID(),
		batchId: null,
		isFailFast: false,
		sender: "SMSGW",
		recipient: "77010000000",
		text: "тест",
		finalText: "keep",
		textDigest: null,
		priority: 0,
		timeBounds: "full",
		flash: false,
		schedule: null,
		scheduleState: null,
		expiresAt: acceptedAt + 24 * 3_600_000,
		keepUntil: acceptedAt + 90 * 24 * 3_600_000,
		operator: "kcell",
		segmentCount: 1,
		status: "NEW",
		errorCode: null,
		refusalText: null,
		unreadFields: [],
		acceptedAt,
		clientAddress: null,
		sentAt: null,
		confirmedAt: null,
		statusAt: acceptedAt,
		retryCount: 0,
		holder: null,
		waitsUntil: null,
		pausedAt: null,
		repeated: null,
		refused: null,
		segments: [],
		bindIndex: null,
		history: [],
		reportBatchId: null,
		wantsInterimReports: false,
		sentReportBatchId: null,
		enRouteReportBatchId: null,
		reportPreference: "always",
		given: null,
		part: null,
		smpp: null,
		revision: 0,
		...parts,
	};
}

/** A message whose segments an SMSC has accepted under these ids. */
export function aSentMessage(smscIds: readonly string[] = [randomUUID()], parts: Partial<Message> = {}): Message {
	const at = (parts.acceptedAt ?? mondayAtEleven) + 1_000;
	const segments = smscIds.map((smscId) => ({ smscId, status: "SENT" as const, statusAt: at, errorCode: null }));
	return aMessage({
		status: "SENT",
		segmentCount: smscIds.length,
		segments,
		sentAt: at,
		confirmedAt: at,
		statusAt: at,
		...parts,
	});
}

export function aSubmittedSegment(message: Message, smscId: string, segmentIndex = 0): SubmittedSegment {
	const { messageId, recipient, operator, expiresAt, acceptedAt } = message;
	const ref = smscRef(operator ?? "kcell", recipient, smscId);
	const submittedAt = message.sentAt ?? acceptedAt;
	return {
		ref,
		messageId,
		segmentIndex,
		parts: message.segmentCount,
		recipient,
		submittedAt,
		keepUntil: expiresAt + 72 * 3_600_000,
	};
}

export function aReceipt(parts: Partial<Receipt> = {}): Receipt {
	return {
		smscId: randomUUID(),
		recipient: "77010000000",
		state: "DELIVRD",
		reason: "000",
		receivedAt: mondayAtEleven + 2_000,
		...parts,
	};
}

export function anIncomingMessage(parts: Partial<IncomingMessage> = {}): IncomingMessage {
	return {
		messageId: randomInt(1, 2 ** 47),
		userName: "demo",
		reportBatchId: randomUUID(),
		sender: "77010000000",
		recipient: "9090",
		text: "тест",
		segmentCount: 1,
		receivedAt: mondayAtEleven,
		operator: "kcell",
		keepUntil: mondayAtEleven + 90 * 24 * 3_600_000,
		...parts,
	};
}

/** A Latin-1 part of a message, by its text; a whole message if no place is given. */
export function anMoPart({ text = "text", ...parts }: Partial<MoPart> & { readonly text?: string } = {}): MoPart {
	return {
		partId: randomInt(1, 2 ** 47),
		operator: "kcell",
		sender: "77010000000",
		recipient: "9090",
		encoding: "latin1",
		octets: Buffer.from(text, "latin1").toString("base64"),
		place: null,
		arrivedAt: mondayAtEleven,
		receivedAt: mondayAtEleven,
		...parts,
	};
}
