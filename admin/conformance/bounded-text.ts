/** @throws Error if there is more. */
export async function boundedText(
	pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	bytesMax: number,
): Promise<string> {
	const kept: Uint8Array[] = [];
	let bytes = 0;
	for await (const piece of pieces) {
		bytes += piece.length;
		if (bytes > bytesMax) throw new Error(`the body is larger than ${bytesMax / 1_024 / 1_024} MB`);
		kept.push(piece);
	}
	return Buffer.concat(kept).toString("utf8");
}

/** Undefined if the text is not JSON. */
export function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
