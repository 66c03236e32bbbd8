import type { FieldKind } from "./layouts.ts";
import type { MultiDestination, UnsuccessfulDestination } from "./pdu.ts";
import { commandStatuses } from "./statuses.ts";

/**
 * A position in one PDU. After the first fault every read returns a blank and does not move: check once, at the end.
 */
export type Cursor = { readonly bytes: Buffer; offset: number; faultStatus: number | undefined };

export const noBytes = Buffer.alloc(0);

/** SMPP section 5.2.22: 255 is invalid. Longer texts go in message_payload. */
export const shortMessageOctetsMax = 254;

function fault(cursor: Cursor, commandStatus: number): void {
	cursor.faultStatus ??= commandStatus;
}

export function readOctet(cursor: Cursor): number {
	const octet = cursor.faultStatus === undefined ? cursor.bytes[cursor.offset] : 0;
	if (octet === undefined) {
		fault(cursor, commandStatuses.ESME_RINVCMDLEN);
		return 0;
	}
	cursor.offset++;
	return octet;
}

/** A C-octet string. Without its NUL it is a fault, but its text is returned: a cut id is better than none. */
export function readText(cursor: Cursor): string {
	const { bytes, offset } = cursor;
	if (cursor.faultStatus !== undefined) return "";
	if (bytes[offset] === 0) {
		cursor.offset++;
		return "";
	}
	const end = bytes.indexOf(0, offset);
	if (end < 0) {
		fault(cursor, commandStatuses.ESME_RINVCMDLEN);
		return bytes.toString("latin1", offset);
	}
	cursor.offset = end + 1;
	return bytes.toString("latin1", offset, end);
}

function readMessage(cursor: Cursor): Buffer {
	const length = readOctet(cursor);
	const end = cursor.offset + length;
	if (length > shortMessageOctetsMax || end > cursor.bytes.length) fault(cursor, commandStatuses.ESME_RINVMSGLEN);
	if (cursor.faultStatus !== undefined) return noBytes;
	const message = cursor.bytes.subarray(cursor.offset, end);
	cursor.offset = end;
	return message;
}

function readDestination(cursor: Cursor): MultiDestination {
	const flag = readOctet(cursor);
	if (flag === 2) return { dl_name: readText(cursor) };
	if (flag !== 1) fault(cursor, commandStatuses.ESME_RINVDESTFLAG);
	return {
		dest_addr_ton: readOctet(cursor),
		dest_addr_npi: readOctet(cursor),
		destination_addr: readText(cursor),
	};
}

function readUnsuccessful(cursor: Cursor): UnsuccessfulDestination {
	return {
		dest_addr_ton: readOctet(cursor),
		dest_addr_npi: readOctet(cursor),
		destination_addr: readText(cursor),
		error_status_code:
			readOctet(cursor) * 0x1000000 + readOctet(cursor) * 0x10000 + readOctet(cursor) * 0x100 + readOctet(cursor),
	};
}

function readList<Entry>(cursor: Cursor, readEntry: (cursor: Cursor) => Entry): readonly Entry[] {
	const count = readOctet(cursor);
	const entries: Entry[] = [];
	while (entries.length < count) {
		const entry = readEntry(cursor);
		if (cursor.faultStatus !== undefined) break;
		entries.push(entry);
	}
	return entries;
}

export const readField = {
	octet: readOctet,
	text: readText,
	message: readMessage,
	destinations: (cursor: Cursor) => readList(cursor, readDestination),
	unsuccessful: (cursor: Cursor) => readList(cursor, readUnsuccessful),
} as const satisfies Record<FieldKind, (cursor: Cursor) => unknown>;
