import type { Account } from "../accounts/account.ts";
import { isSenderName, senderNameRule } from "../accounts/sender-name.ts";
import { segmentsOf } from "../message/client-part.ts";
import { errorText } from "../message/error-codes.ts";
import type { GivenFields, Message } from "../message/message.ts";
import { Refusal } from "../message/refusal.ts";
import { keptUntil, lifetimeMaxMs, scheduledAheadMaxMs } from "../message/retention.ts";
import type { NumberEntry } from "../numbers/number-entry.ts";
import { routeOf } from "../numbers/routing.ts";
import { earliestSendAt, sendTime } from "../schedule/send-time.ts";
import { slotMs } from "../schedule/slots.ts";
import type { TimeBounds } from "../time/time-bounds.ts";
import type { MessageRequest, UnnamedRequest } from "./message-request.ts";
import { type CreationContext, newRowFields } from "./new-row-fields.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The allowed time from now to the schedule, both ends included (R22, A9). */
export const scheduleRange = { fromMs: 10 * minuteMs, toMs: scheduledAheadMaxMs };

/**
 * The row of a message that may be sent: NEW, or EXPIRED if its window opens too late (A19).
 * @param entry of the recipient in the number table; most have none.
 * @throws Refusal if it may not be sent.
 */
export function newMessage(
	account: Account,
	request: MessageRequest | UnnamedRequest,
	creation: CreationContext,
	entry?: NumberEntry,
): Message {
	const { now } = creation;
	const timeBounds = timeBoundsOf(account, request);
	const route = routeOf(request.recipient, entry);
	if ("refused" in route) throw new Refusal(route.refused, { field: "recipient" });
	const { schedule } = request;
	if (schedule !== null) checkSchedule(schedule, now);
	const expiresAt = expiryOf(request, earliestSendAt({ timeBounds, schedule }, now), now);
	const never = sendTime({ timeBounds, schedule, expiresAt }, now).kind === "never";
	return {
		...newRowFields(account, request, creation),
		isFailFast: creation.isFailFast ?? false,
		timeBounds,
		scheduleState: schedule === null ? null : "N",
		expiresAt,
		keepUntil: keptUntil(creation, expiresAt),
		operator: route.operator,
		segmentCount: segmentsOf(request).segments.length,
		status: never ? "EXPIRED" : "NEW",
		errorCode: never ? "22" : null,
		refusalText: null,
		unreadFields: [],
		reportBatchId: never && request.reportPreference !== "never" ? creation.reportBatchId : null,
		wantsInterimReports: account.webhook?.reports === "all" && request.reportPreference === "always",
		reportPreference: request.reportPreference,
		given: givenFields(request),
		part: request.part,
		smpp: request.smpp,
	};
}

/** Null for a message without a client_message_id: no request repeats it. */
function givenFields({ clientMessageId, timeBounds, expiresAt }: MessageRequest | UnnamedRequest): GivenFields | null {
	return clientMessageId === null ? null : { timeBounds: timeBounds !== null, expiresAt };
}

export function defaultTimeBounds({ senders, defaultTimeBounds }: Account, sender: string): TimeBounds {
	return senders.find(({ name }) => name === sender)?.defaultTimeBounds ?? defaultTimeBounds;
}

/** A day after the message may first go (A10). */
export function defaultExpiry(timing: Parameters<typeof earliestSendAt>[0], now: number): number {
	return earliestSendAt(timing, now) + dayMs;
}

/** The window of the request, or else of the sender, or else of the account (A17). */
function timeBoundsOf(account: Account, request: Pick<MessageRequest, "sender" | "timeBounds">): TimeBounds {
	const sender = account.senders.find(({ name }) => name === request.sender);
	if (sender === undefined) {
		throw new Refusal("10", {
			field: "sender",
			detail: `User can't use alias ${request.sender} to send messages`,
		});
	}
	if (!isSenderName(request.sender)) {
		throw new Refusal("10", {
			field: "sender",
			detail: `no SMSC carries the sender ${request.sender}: ${senderNameRule}`,
		});
	}
	const timeBounds = request.timeBounds ?? defaultTimeBounds(account, sender.name);
	const allowed = sender.allowedTimeBounds;
	if (allowed !== null && !allowed.includes(timeBounds)) {
		const detail = `${errorText("24")}: ${request.sender} may use ${allowed.join(", ")}, not ${timeBounds}`;
		throw new Refusal("24", { field: "time_bounds", detail });
	}
	return timeBounds;
}

function checkSchedule(schedule: number, now: number): void {
	if (schedule % slotMs !== 0) throw new Refusal("10012", { field: "schedule" });
	if (schedule < now + scheduleRange.fromMs || schedule > now + scheduleRange.toMs) {
		throw new Refusal("97", {
			field: "schedule",
			detail: "schedule must be from 10 minutes to 10 days ahead, in Almaty's time",
		});
	}
}

/** The requested instant; otherwise a day after the message may first go (A10). */
function expiryOf(
	{ expiresAt, schedule }: Pick<MessageRequest, "expiresAt" | "schedule">,
	sendsAt: number,
	now: number,
): number {
	if (expiresAt === null) return sendsAt + dayMs;
	if (expiresAt <= now)
		throw new Refusal("98", { field: "expire_date", detail: "expire_date must be in the future, in Almaty's time" });
	if (schedule !== null && expiresAt <= schedule) {
		throw new Refusal("98", { field: "expire_date", detail: "expire_date must be after schedule" });
	}
	return Math.min(expiresAt, Math.max(sendsAt, now) + lifetimeMaxMs);
}
