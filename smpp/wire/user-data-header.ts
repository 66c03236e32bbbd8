/** An element of the header (3GPP TS 23.040, section 9.2.3.24). */
export type UdhElement = { readonly id: number; readonly value: Buffer };

export type MessageWithUdh = {
	/** Up to the first one that exceeds the header. */
	readonly elements: readonly UdhElement[];
	readonly isWhole: boolean;
	readonly text: Buffer;
};

/** Null if the message ends before its header does. The octets are views of the message. */
export function readUdh(message: Buffer): MessageWithUdh | null {
	const end = 1 + (message[0] ?? message.length);
	if (end > message.length) return null;
	const header = message.subarray(1, end);
	const elements: UdhElement[] = [];
	let offset = 0;
	while (offset + 2 <= header.length) {
		const [id = 0, length = 0] = header.subarray(offset, offset + 2);
		const value = header.subarray(offset + 2, offset + 2 + length);
		if (value.length < length) break;
		elements.push({ id, value });
		offset += 2 + length;
	}
	return { elements, isWhole: offset === header.length, text: message.subarray(end) };
}
