import { fieldOf, listOf } from "./exchange.ts";

/** The steps whose messages are reported by a receipt. */
export const receiptedSteps = ["smpp message", "smpp long message", "smpp part 1", "smpp part 2"] as const;

/** The receipt of a message among what was delivered, by the id in its text. */
export function receiptFor(delivered: unknown, id: unknown): unknown {
	return listOf(delivered).find((one) => String(fieldOf(one, "short_message")).startsWith(`id:${id} `));
}
