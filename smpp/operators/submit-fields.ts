import type { Message } from "#shared/domain/message.ts";
import type { SegmentedText } from "#shared/domain/segments.ts";
import { international, kindOfAddress } from "#smpp/wire/address-kinds.ts";
import { concatenation } from "#smpp/wire/concatenation.ts";
import { absoluteTime } from "#smpp/wire/times.ts";
import type { SubmitSm } from "./submit-outcome.ts";

/** Section 5.2.12: the message begins with a user data header. */
const withHeader = 0x40;
/** Section 5.2.17: a receipt is wanted, whatever the end. */
const receiptWanted = 1;
/** Section 5.2.19: the SMSC's default alphabet, or UCS-2; and message class 0, which a handset shows at once (A31). */
const dataCodings = { gsm7: { plain: 0x00, flash: 0x10 }, ucs2: { plain: 0x08, flash: 0x18 } } as const;

/** One segment of a message as a submit_sm. */
export function submitFields(message: Message, { encoding, segments }: SegmentedText, index: number): SubmitSm {
	const source = kindOfAddress(message.sender);
	const header = headerOf(message, segments.length, index);
	return {
		source_addr_ton: source.ton,
		source_addr_npi: source.npi,
		source_addr: message.sender,
		dest_addr_ton: international.ton,
		dest_addr_npi: international.npi,
		destination_addr: message.recipient,
		esm_class: header.length > 0 ? withHeader : 0,
		priority_flag: message.priority,
		validity_period: absoluteTime(message.expiresAt),
		registered_delivery: receiptWanted,
		data_coding: dataCodings[encoding][message.flash ? "flash" : "plain"],
		short_message: Buffer.concat([Uint8Array.from(header), segments[index] ?? new Uint8Array()]),
	};
}

/**
 * The user data header of a part (3GPP TS 23.040, section 9.2.3.24.1). The reference of our own parts comes from the message's id, so that
 * a message resumed after a crash still joins on the handset; a part that its client cut keeps the client's.
 */
function headerOf({ messageId, part }: Message, parts: number, index: number): readonly number[] {
	if (part !== null) return concatenation(part.reference, part.total, part.number);
	return parts > 1 ? concatenation(messageId % 256, parts, index + 1) : [];
}
