import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import type { Message } from "#shared/domain/message/message.ts";
import type { SegmentedText } from "#shared/domain/message/segments.ts";
import { finishWithinMs } from "#shared/domain/send/pick-up.ts";
import { kindOfAddress } from "#smpp/wire/address-kinds.ts";
import { type Concatenation, concatenationHeader } from "#smpp/wire/concatenation.ts";
import { dataCodingOf } from "#smpp/wire/data-coding.ts";
import { esmClass } from "#smpp/wire/esm-class.ts";
import type { Tlv } from "#smpp/wire/pdu.ts";
import { sarTlvs } from "#smpp/wire/sar.ts";
import { absoluteTime, relativeTime } from "#smpp/wire/times.ts";
import { bytesTlv } from "#smpp/wire/tlvs.ts";
import type { SubmitSm } from "./submit-outcome.ts";

/** Section 5.2.17: a receipt for each final status. */
const receiptWanted = 1;
export type PartToSubmit = {
	readonly message: Message;
	readonly text: SegmentedText;
	readonly index: number;
	readonly style: SubmitStyle;
	readonly now: number;
};

export type Submit = { readonly fields: SubmitSm; readonly tlvs: readonly Tlv[] };

export function partsOf({ segments }: SegmentedText, { long_messages }: SubmitStyle): number {
	return long_messages === "payload" ? 1 : segments.length;
}

export function submitOf(part: PartToSubmit): Submit {
	const { message, text, style, now } = part;
	const source = sourceKind(message.sender, style);
	const body = bodyOf(part);
	const fields = {
		service_type: style.service_type,
		source_addr_ton: source.ton,
		source_addr_npi: source.npi,
		source_addr: message.sender,
		dest_addr_ton: style.destination.ton,
		dest_addr_npi: style.destination.npi,
		destination_addr: message.recipient,
		esm_class: body.esm_class,
		protocol_id: style.protocol_id,
		priority_flag: style.priority ? message.priority : 0,
		validity_period: (style.validity === "relative" ? relativeTime : absoluteTime)(validUntil(part), now),
		registered_delivery: receiptWanted,
		data_coding: message.flash
			? style.flash[text.encoding === "ucs2" ? "ucs2" : "gsm7"]
			: dataCodingOf(text.encoding, message.smpp?.messageClass ?? null),
		short_message: body.short_message,
	};
	return { fields, tlvs: [...body.tlvs, ...ownTlvs(style)] };
}

/** Later parts of a message get time to arrive after its expiry: an SMSC refuses a time in the past. */
function validUntil({ message: { expiresAt }, index, now }: PartToSubmit): number {
	return index === 0 ? expiresAt : Math.max(expiresAt, now + finishWithinMs);
}

function ownTlvs({ tlvs }: SubmitStyle): readonly Tlv[] {
	return tlvs.map(({ tag, hex }) => ({ tag: Number.parseInt(tag, 16), value: Buffer.from(hex, "hex") }));
}

function sourceKind(sender: string, { source }: SubmitStyle) {
	const kind = kindOfAddress(sender);
	return source[kind];
}

type Body = { readonly esm_class: number; readonly short_message: Buffer; readonly tlvs: readonly Tlv[] };

function bodyOf({ message, text: { segments }, index, style }: PartToSubmit): Body {
	const octets = Buffer.from(segments[index] ?? []);
	const place = concatenationOf(message, segments.length, index, style.long_messages === "sar" ? 0x1_0000 : 0x100);
	if (place === null) return { esm_class: 0, short_message: octets, tlvs: [] };
	if (style.long_messages === "sar") return { esm_class: 0, short_message: octets, tlvs: sarTlvs(place) };
	if (style.long_messages === "payload" && message.part === null) {
		const payload = bytesTlv("message_payload", Buffer.concat(segments));
		return { esm_class: 0, short_message: Buffer.alloc(0), tlvs: [payload] };
	}
	const header = Uint8Array.from(concatenationHeader(place.reference, place.total, place.number));
	return { esm_class: esmClass.udhIndicator, short_message: Buffer.concat([header, octets]), tlvs: [] };
}

/**
 * Null for a whole text. The reference follows from the message id, so that a resumed message joins on the handset. A
 * client's part keeps the client's reference.
 */
function concatenationOf(message: Message, total: number, index: number, references: number): Concatenation | null {
	const { messageId, part } = message;
	if (part !== null) return part;
	return total > 1 ? { reference: messageId % references, total, number: index + 1 } : null;
}
