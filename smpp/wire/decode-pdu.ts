import { headerOctets } from "./framing.ts";
import { type Layout, layoutsById, responseTo } from "./layouts.ts";
import type { Pdu, RequestName, ResponseName } from "./pdu.ts";
import { type Cursor, readField } from "./read-fields.ts";
import { commandStatuses } from "./statuses.ts";
import { readTlvs } from "./tlvs.ts";

export type ErrorReply = {
	readonly command: ResponseName;
	readonly command_status: number;
	readonly sequence_number: number;
};

export type Decoded =
	| { readonly kind: "pdu"; readonly pdu: Pdu }
	/** `answer` is absent where SMPP has none: for a response, alert_notification and outbind. */
	| { readonly kind: "malformed"; readonly reason: string; readonly answer?: ErrorReply };

const nack = (command_status: number, sequence_number: number): ErrorReply => ({
	command: "generic_nack",
	command_status,
	sequence_number,
});

function unknownCommand(commandId: number, sequenceNumber: number): Decoded {
	const reason = `unknown command 0x${commandId.toString(16).padStart(8, "0")}`;
	if (commandId >= 0x80000000) return { kind: "malformed", reason };
	return { kind: "malformed", reason, answer: nack(commandStatuses.ESME_RINVCMDID, sequenceNumber) };
}

function malformedRequest(layout: Layout, commandStatus: number, sequenceNumber: number): Decoded {
	const reason = `${layout.command} with command_status ${commandStatus}`;
	const command = responseTo[layout.command as RequestName];
	if (command === undefined) return { kind: "malformed", reason };
	return {
		kind: "malformed",
		reason,
		answer: { command, command_status: commandStatus, sequence_number: sequenceNumber },
	};
}

/**
 * Never throws. A `pdu` has all mandatory fields. A request that cannot be read is malformed; of a response, unreadable
 * fields are blank, as is the body that many SMSCs omit from a refusal. Buffers are views of `bytes`.
 */
export function decodePdu(bytes: Buffer): Decoded {
	if (bytes.length < headerOctets || bytes.readUInt32BE(0) !== bytes.length) {
		const sequenceNumber = bytes.length < headerOctets ? 0 : bytes.readUInt32BE(12);
		return {
			kind: "malformed",
			reason: "command_length",
			answer: nack(commandStatuses.ESME_RINVCMDLEN, sequenceNumber),
		};
	}
	const commandId = bytes.readUInt32BE(4);
	const sequenceNumber = bytes.readUInt32BE(12);
	const layout = layoutsById.get(commandId);
	if (layout === undefined) return unknownCommand(commandId, sequenceNumber);

	const cursor: Cursor = { bytes, offset: headerOctets, faultStatus: undefined };
	const fields: Record<string, unknown> = {};
	for (const { name, kind } of layout.fields) fields[name] = readField[kind](cursor);
	const tlvs = readTlvs(cursor);
	if (cursor.faultStatus !== undefined && !layout.isResponse) {
		return malformedRequest(layout, cursor.faultStatus, sequenceNumber);
	}
	const pdu = {
		command: layout.command,
		command_id: commandId,
		command_status: bytes.readUInt32BE(8),
		sequence_number: sequenceNumber,
		fields,
		tlvs,
	};
	/* The layout gives each field its kind; a unit test compares the layouts with the types of pdu.ts. */
	return { kind: "pdu", pdu: pdu as unknown as Pdu };
}
