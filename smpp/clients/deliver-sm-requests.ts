import type { IncomingMessage } from "#shared/domain/incoming/incoming-message.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { type SegmentedText, segmentText } from "#shared/domain/message/segments.ts";
import { clientReceipt } from "#shared/domain/reports/client-receipt.ts";
import type { InterimStatus } from "#shared/domain/reports/report-batches.ts";
import type { OutgoingRequest } from "#smpp/session/outgoing-requests.ts";
import { addressKinds, kindOfAddress } from "#smpp/wire/address-kinds.ts";
import { concatenationHeader } from "#smpp/wire/concatenation.ts";
import { dataCodingOf } from "#smpp/wire/data-coding.ts";
import { bytesTlv, octetTlv, textTlv } from "#smpp/wire/tlvs.ts";
import { udhIndicator } from "#smpp/wire/user-data-header.ts";
import { messageStates } from "./message-states.ts";

export type DeliverSmRequest = OutgoingRequest<"deliver_sm">;

/** SMPP section 5.2.12: an SMSC's receipt, and an intermediate notification. */
const esmClasses = { receipt: 0x04, interim: 0x20 } as const;
/** Section 5.3.2.31: the kind of network whose code it is. */
const gsmNetwork = 3;

/** What is reported of a message, from its recipient to its sender (A47). */
export function receiptRequest(message: Message, interim?: InterimStatus): DeliverSmRequest {
	const { messageId, text, status, networkError } = clientReceipt(message, interim);
	return {
		command: "deliver_sm",
		fields: {
			...addressFields(message.recipient, message.sender),
			esm_class: interim ? esmClasses.interim : esmClasses.receipt,
			short_message: Buffer.from(text, "latin1"),
		},
		tlvs: [
			textTlv("receipted_message_id", messageId),
			octetTlv("message_state", messageStates[status]),
			...(networkError === null ? [] : [bytesTlv("network_error_code", Buffer.of(gsmNetwork, 0, networkError))]),
		],
	};
}

/** A subscriber's message to its short code: as many parts as it takes, which the client joins by their headers. */
export function moRequests({ messageId, sender, recipient, text }: IncomingMessage): readonly DeliverSmRequest[] {
	const cut = segmentText(text);
	return cut.segments.map((_, index) => ({
		command: "deliver_sm",
		fields: { ...addressFields(sender, recipient), ...partFields(cut, messageId, index) },
	}));
}

function partFields({ encoding, segments }: SegmentedText<"gsm7">, messageId: number, index: number) {
	const own = segments[index] ?? new Uint8Array();
	/* The reference comes from the id, so that a message that is brought again joins all the same. */
	const header = segments.length > 1 ? concatenationHeader(messageId % 256, segments.length, index + 1) : [];
	return {
		esm_class: header.length > 0 ? udhIndicator : 0,
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

/** A sender's name may hold what no address of a PDU can: the receipt is told by its id. */
function latin1(address: string): string {
	return address.replace(/[^ -\u00ff]/g, "?");
}
