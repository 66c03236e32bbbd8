import type { ClientPart } from "./client-part.ts";
import { isFinal, type MessageStatus } from "./statuses.ts";

/** What becomes of a message's text when the message ends. */
export const finalTexts = ["keep", "mask-codes", "remove"] as const;
export type FinalText = (typeof finalTexts)[number];

const word = /[\p{L}\p{M}\p{N}]+/gu;
const digit = /\p{N}/u;

/** A word with a digit may be a one-time password, an amount or a card number. */
const masked = (one: string) => (digit.test(one) ? "*".repeat([...one].length) : one);

type Ending = { readonly status: MessageStatus; readonly finalText: FinalText };
type Redactable = Ending & { readonly text: string; readonly part: ClientPart | null };

export function isRedacted({ status, finalText }: Ending): boolean {
	return finalText !== "keep" && isFinal(status);
}

/** A message as it is stored and shown: once it has ended, without what its account wants forgotten. */
export function redacted<Row extends Redactable>(row: Row): Row {
	if (!isRedacted(row)) return row;
	const text = row.finalText === "remove" ? "" : row.text.replaceAll(word, masked);
	return { ...row, text, part: row.part && { ...row.part, octets: "" } };
}
