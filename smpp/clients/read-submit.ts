import { textMax, type UnnamedRequest } from "#shared/domain/accept/message-request.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import type { ErrorCode } from "#shared/domain/message/error-codes.ts";
import { priorityFrom } from "#shared/domain/message/priorities.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { messageClasses, type SmppDetails } from "#shared/domain/message/smpp-details.ts";
import { normalRecipient } from "#shared/domain/numbers/recipient.ts";
import type { ReportPreference } from "#shared/domain/reports/report-preference.ts";
import { slotAt } from "#shared/domain/schedule/slots.ts";
import { readSmppTime, type SmppTime } from "#smpp/wire/times.ts";
import { tlvBytes, tlvNumber } from "#smpp/wire/tlvs.ts";
import { clientPart, partOctets } from "./client-parts.ts";
import { codingOf, textOf } from "./codings.ts";
import { refuseUncarried, type SubmitPdu } from "./uncarried-fields.ts";

/** A message before its recipient is known: a submit_multi has one message for many recipients. */
export type MessageWithoutRecipient = Omit<UnnamedRequest, "recipient">;

export type SubmitOrigin = Pick<SmppDetails, "session" | "address">;

/** By the two lowest bits (section 5.2.17); 3 is reserved. */
const reportWishes: readonly (ReportPreference | undefined)[] = ["never", "always", "failures"];

const malformed: Readonly<Record<string, ErrorCode>> = { schedule_delivery_time: "97", validity_period: "98" };

/**
 * Reads a submit as a request of POST /messages (A47).
 * @throws Refusal that names the wrong field.
 */
export function readSubmit(
	account: Account,
	pdu: SubmitPdu,
	origin: SubmitOrigin,
	now: number,
): MessageWithoutRecipient {
	const { source_addr, data_coding } = pdu.fields;
	refuseUncarried(pdu);
	const coding = codingOf(data_coding);
	if (coding === null) {
		throw new Refusal("69", {
			field: "data_coding",
			detail: `data_coding ${data_coding} is not supported: use 0, 1, 3 or 8`,
		});
	}
	const cut = partOctets(pdu, octetsOf(pdu));
	const text = textOf(cut.octets, coding.alphabet);
	if (text === "" || text.length > textMax) {
		throw new Refusal("1", { field: "short_message", detail: `a text has 1 to ${textMax} characters` });
	}
	const sender = account.senders.find(({ name }) => name === source_addr);
	return {
		clientMessageId: null,
		text,
		sender: source_addr,
		flash: coding.messageClass === 0,
		/* SMPP has no field for it: the default of the sender, or any time. */
		timeBounds: sender?.defaultTimeBounds ?? "full",
		part: clientPart(cut, coding.alphabet),
		reportPreference: reportPreferenceOf(pdu),
		smpp: {
			...origin,
			reference: referenceOf(pdu),
			receiptId: null,
			messageClass: messageClasses.find((one) => one === coding.messageClass) ?? null,
		},
		...timesOf(pdu, now),
	};
}

/** The subscriber's own acknowledgements do not exist in GSM networks, so a client that asks for one is refused. */
const acknowledgementBits = 0x0c;

function reportPreferenceOf({ fields: { registered_delivery } }: SubmitPdu): ReportPreference {
	const reportPreference = reportWishes[registered_delivery & 0x03];
	const wantsAcknowledgement = (registered_delivery & acknowledgementBits) !== 0;
	if (reportPreference === undefined || wantsAcknowledgement) throw new Refusal("7", { field: "registered_delivery" });
	return reportPreference;
}

function referenceOf(pdu: SubmitPdu): number | null {
	const value = tlvBytes(pdu, "user_message_reference");
	if (value === undefined) return null;
	if (value.length !== 2) throw new Refusal("194", { field: "user_message_reference" });
	return value.readUInt16BE(0);
}

export function recipientOf(address: string): string {
	const recipient = normalRecipient(address);
	if (recipient === null) throw new Refusal("11", { field: "destination_addr" });
	return recipient;
}

function octetsOf(pdu: SubmitPdu): Buffer {
	const payload = tlvBytes(pdu, "message_payload");
	const message = "short_message" in pdu.fields ? pdu.fields.short_message : undefined;
	if (payload === undefined) {
		if (message === undefined) throw new Refusal("195", { field: "message_payload" });
		return message;
	}
	if (message === undefined || message.length === 0) return payload;
	if (payload.length > 0) throw new Refusal("193", { field: "message_payload" });
	return message;
}

type Times = Pick<UnnamedRequest, "priority" | "schedule" | "expiresAt">;

function timesOf(pdu: SubmitPdu, now: number): Times {
	if (pdu.command === "data_sm") {
		const seconds = tlvNumber(pdu, "qos_time_to_live");
		if (seconds === undefined && tlvBytes(pdu, "qos_time_to_live") !== undefined)
			throw new Refusal("194", { field: "qos_time_to_live" });
		return { priority: 0, schedule: null, expiresAt: seconds === undefined ? null : now + seconds * 1_000 };
	}
	const { priority_flag, schedule_delivery_time, validity_period } = pdu.fields;
	const schedule = validTime("schedule_delivery_time", schedule_delivery_time, now);
	return {
		priority: priorityFrom(priority_flag),
		/* A relative time cannot meet a quarter of an hour exactly, so the next one is taken. */
		schedule: schedule?.kind === "relative" ? slotAt(schedule.at) : (schedule?.at ?? null),
		expiresAt: validTime("validity_period", validity_period, now)?.at ?? null,
	};
}

function validTime(field: string, text: string, now: number): Exclude<SmppTime, { kind: "malformed" }> | null {
	const time = readSmppTime(text, now);
	if (time?.kind === "malformed")
		throw new Refusal(malformed[field] ?? null, {
			field,
			detail: `${field} is not an SMPP time: YYMMDDhhmmsstnn and +, - or R`,
		});
	return time;
}
