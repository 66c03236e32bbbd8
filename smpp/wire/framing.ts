/** The least command_length there is: a header. */
const commandLengthMin = 16;
/** More than any PDU of SMPP 3.4 needs: a message_payload of 64 KiB and its fields. */
export const commandLengthMax = 70_000;

export type Split = {
	/** Whole PDUs, each with its header, in order; views of the bytes given, not copies. */
	readonly pdus: readonly Buffer[];
	/** What begins the next PDU: give it to the next call. */
	readonly remainder: Buffer;
	/** A command_length that cannot be; nothing after it in the stream means anything, so the line must be closed. */
	readonly badLength?: number;
};

/** Cuts a stream into PDUs: `remainder` is what the call before left over, `chunk` what has arrived since. */
export function splitPdus(remainder: Buffer, chunk: Buffer): Split {
	const bytes = remainder.length === 0 ? chunk : Buffer.concat([remainder, chunk]);
	const pdus: Buffer[] = [];
	let offset = 0;
	while (offset + 4 <= bytes.length) {
		const length = bytes.readUInt32BE(offset);
		if (length < commandLengthMin || length > commandLengthMax) {
			return { pdus, remainder: bytes.subarray(offset), badLength: length };
		}
		if (offset + length > bytes.length) break;
		pdus.push(bytes.subarray(offset, offset + length));
		offset += length;
	}
	return { pdus, remainder: bytes.subarray(offset) };
}
