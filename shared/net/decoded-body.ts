import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

type Decode = (octets: Buffer, outputMax: number) => Buffer;

const { Z_SYNC_FLUSH: finishFlush } = constants;

const gunzip: Decode = (octets, maxOutputLength) => gunzipSync(octets, { finishFlush, maxOutputLength });

/** `deflate` means the zlib format; some servers send it without its frame. */
const decoders: Readonly<Record<string, readonly Decode[]>> = {
	gzip: [gunzip],
	"x-gzip": [gunzip],
	deflate: [
		(octets, maxOutputLength) => inflateSync(octets, { finishFlush, maxOutputLength }),
		(octets, maxOutputLength) => inflateRawSync(octets, { finishFlush, maxOutputLength }),
	],
	br: [(octets, maxOutputLength) => brotliDecompressSync(octets, { maxOutputLength })],
};

/**
 * The text of a response body. A body that is not what its Content-Encoding says, or has more than `outputMax` octets, is
 * returned as it came.
 */
export function decodedBody(octets: Buffer, contentEncoding: string | undefined, outputMax: number): string {
	const isGzip = octets[0] === 0x1f && octets[1] === 0x8b;
	const encoding = isGzip ? "gzip" : (contentEncoding ?? "").trim().toLowerCase();
	for (const decode of decoders[encoding] ?? []) {
		const decoded = outputOf(decode, octets, outputMax);
		if (decoded !== null) return decoded.toString("utf8");
	}
	return octets.toString("utf8");
}

function outputOf(decode: Decode, octets: Buffer, outputMax: number): Buffer | null {
	try {
		return decode(octets, outputMax);
	} catch {
		return null;
	}
}
