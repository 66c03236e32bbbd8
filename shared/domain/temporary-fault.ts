/** A fault of ours that passes by itself: the same request may succeed in a moment. HTTP answers it with 503 and Retry-After, SMPP with ESME_RSYSERR. */
export class TemporaryFault extends Error {
	override readonly name = "TemporaryFault";
}
