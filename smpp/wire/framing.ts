export const headerOctets = 16;
/** More than any PDU of SMPP 3.4 needs: a message_payload of 64 KiB and its fields. */
export const commandLengthMax = 70_000;

export type Split = {
	/** Whole PDUs in order, each with its header; views of the given bytes. */
	readonly pdus: readonly Buffer[];
	/** The incomplete PDU at the end, for the next call. */
	readonly remainder: Buffer;
	/** An impossible command_length. The rest of the stream has no meaning: close the connection. */
	readonly badLength?: number;
};

/** Cuts a stream into PDUs: `remainder` is of the previous call, `chunk` is new. */
export function splitPdus(remainder: Buffer, chunk: Buffer): Split {
	const bytes = remainder.length === 0 ? chunk : Buffer.concat([remainder, chunk]);
	const pdus: Buffer[] = [];
	let offset = 0;
	while (offset + 4 <= bytes.length) {
		const length = bytes.readUInt32BE(offset);
		if (length < headerOctets || length > commandLengthMax) {
			return { pdus, remainder: bytes.subarray(offset), badLength: length };
		}
		if (offset + length > bytes.length) break;
		pdus.push(bytes.subarray(offset, offset + length));
		offset += length;
	}
	return { pdus, remainder: bytes.subarray(offset) };
}
