import type { IncomingMessage } from "#shared/domain/incoming/incoming-message.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { type SegmentedText, segmentText } from "#shared/domain/message/segments.ts";
import { clientReceipt } from "#shared/domain/reports/client-receipt.ts";
import type { InterimStatus } from "#shared/domain/reports/report-batches.ts";
import type { OutgoingRequest } from "#smpp/session/outgoing-requests.ts";
import { addressKinds, kindOfAddress } from "#smpp/wire/address-kinds.ts";
import { concatenationHeader } from "#smpp/wire/concatenation.ts";
import { dataCodingOf } from "#smpp/wire/data-coding.ts";
import { esmClass } from "#smpp/wire/esm-class.ts";
import { bytesTlv, octetTlv, shortTlv, textTlv } from "#smpp/wire/tlvs.ts";
import { messageStates } from "./message-states.ts";

export type DeliverSmRequest = OutgoingRequest<"deliver_sm">;

/** Network type in network_error_code (section 5.3.2.31). */
const gsmNetwork = 3;

/** The receipt of a message, from its recipient to its sender (A47). */
export function receiptRequest(message: Message, interim?: InterimStatus): DeliverSmRequest {
	const { messageId, text, status, networkError } = clientReceipt(message, interim);
	return {
		command: "deliver_sm",
		fields: {
			...addressFields(message.recipient, message.sender),
			esm_class: interim ? esmClass.interim : esmClass.receipt,
			short_message: Buffer.from(text, "latin1"),
		},
		tlvs: [
			textTlv("receipted_message_id", messageId),
			octetTlv("message_state", messageStates[status]),
			...(message.smpp?.reference == null ? [] : [shortTlv("user_message_reference", message.smpp.reference)]),
			...(networkError === null ? [] : [bytesTlv("network_error_code", Buffer.of(gsmNetwork, 0, networkError))]),
		],
	};
}

/** A subscriber's message, as one request for each part. The client joins them by their headers. */
export function moRequests({ messageId, sender, recipient, text }: IncomingMessage): readonly DeliverSmRequest[] {
	const cut = segmentText(text);
	return cut.segments.map((_, index) => ({
		command: "deliver_sm",
		fields: { ...addressFields(sender, recipient), ...partFields(cut, messageId, index) },
	}));
}

function partFields({ encoding, segments }: SegmentedText<"gsm7">, messageId: number, index: number) {
	const own = segments[index] ?? new Uint8Array();
	/* The reference follows from the id, so that repeated parts join too. */
	const header = segments.length > 1 ? concatenationHeader(messageId % 256, segments.length, index + 1) : [];
	return {
		esm_class: header.length > 0 ? esmClass.udhIndicator : 0,
		data_coding: dataCodingOf(encoding),
		short_message: Buffer.concat([Uint8Array.from(header), own]),
	};
}

function addressFields(source: string, destination: string) {
	const [from, to] = [addressKinds[kindOfAddress(source)], addressKinds[kindOfAddress(destination)]];
	return {
		source_addr_ton: from.ton,
		source_addr_npi: from.npi,
		source_addr: latin1(source),
		dest_addr_ton: to.ton,
		dest_addr_npi: to.npi,
		destination_addr: latin1(destination),
	};
}

/** A sender name may have characters that no PDU address can carry. Clients match the receipt by its id. */
function latin1(address: string): string {
	return address.replace(/[^ -\u00ff]/g, "?");
}
