import { Refusal } from "#shared/domain/message/refusal.ts";

/** More than any valid body has, and few enough for the stack. */
const levelsMax = 32;

/** Fields whose number stands for its own text: `1`, `1.0` and digits beyond 2^53 are different ids (A29). */
const textFields: ReadonlySet<string> = new Set(["client_message_id", "sender"]);

/**
 * Parses a JSON body. Ids that are written as numbers are returned as their text.
 * @throws Refusal if it is not JSON, or nested too deeply.
 */
export function jsonBody(text: string): unknown {
	const value = parsed(text);
	const { isDeep, hasNumber } = walked(value, levelsMax);
	if (isDeep) throw new Refusal(null, { detail: `The request body is nested more than ${levelsMax} levels deep` });
	return hasNumber ? JSON.parse(text, withSourceText) : value;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const detail = error instanceof Error ? `: ${error.message}` : "";
		throw new Refusal(null, { detail: `The request body is not valid JSON${detail}` });
	}
}

function withSourceText(key: string, value: unknown, { source }: { readonly source?: string } = {}): unknown {
	return typeof value === "number" && textFields.has(key) ? source : value;
}

type Walked = { readonly isDeep: boolean; readonly hasNumber: boolean };

/** Whether values are nested deeper than `levels`, and whether a text field has a number. */
function walked(value: unknown, levels: number): Walked {
	if (typeof value !== "object" || value === null) return { isDeep: false, hasNumber: false };
	if (levels === 0) return { isDeep: true, hasNumber: false };
	let hasNumber = false;
	for (const [key, inner] of Object.entries(value)) {
		const found = walked(inner, levels - 1);
		if (found.isDeep) return found;
		hasNumber ||= found.hasNumber || (typeof inner === "number" && textFields.has(key));
	}
	return { isDeep: false, hasNumber };
}
