import { NumberText } from "#shared/contracts/number-text.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";

/** More than any valid body has, and few enough for the stack. */
const levelsMax = 32;
/** A hundred for each of a thousand messages. Each value costs time and memory beside its octets. */
const valuesMax = 100_000;

/** Fields whose number stands for its own text: `1`, `1.0` and digits beyond 2^53 are different ids (A29). */
const textFields: ReadonlySet<string> = new Set(["client_message_id", "sender"]);

/**
 * Parses a JSON body. Ids that are written as numbers are returned as their text, and numbers that will be refused as
 * `NumberText`.
 * @throws Refusal if it is not JSON, nested too deeply, or has too many values.
 */
export function jsonBody(text: string): unknown {
	const value = parsed(text);
	return needsSourceText(value) ? JSON.parse(text, withSourceText) : value;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const detail = error instanceof Error ? `: ${error.message}` : "";
		throw new Refusal(null, { detail: `The request body is not valid JSON${detail}` });
	}
}

function withSourceText(key: string, value: unknown, { source = "" }: { readonly source?: string } = {}): unknown {
	if (isTextNumber(key, value)) return source;
	return isRefusedNumber(key, value) ? new NumberText(source) : value;
}

const isTextNumber = (key: string, value: unknown) => typeof value === "number" && textFields.has(key);

/** A recipient that is a safe integer may be valid. */
const isRefusedNumber = (key: string, value: unknown) =>
	typeof value === "number" && (key === "message_text" || (key === "recipient" && !Number.isSafeInteger(value)));

/** @throws Refusal if the body is nested too deeply, or has too many values. */
function needsSourceText(body: unknown): boolean {
	let isNeeded = false;
	let valuesLeft = valuesMax;
	let containers = [body].filter(isContainer);
	for (let level = 0; containers.length > 0; level++) {
		if (level === levelsMax) throw tooMuch(`is nested more than ${levelsMax} levels deep`);
		for (const container of containers) valuesLeft -= sizeOf(container);
		if (valuesLeft < 0) throw tooMuch(`has more than ${valuesMax} values`);
		isNeeded ||= containers.some(hasSourceText);
		containers = containers.flatMap((container) => Object.values(container).filter(isContainer));
	}
	return isNeeded;
}

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;

const sizeOf = (container: object) => (Array.isArray(container) ? container.length : Object.keys(container).length);

const hasSourceText = (container: object) =>
	!Array.isArray(container) &&
	Object.entries(container).some(([key, value]) => isTextNumber(key, value) || isRefusedNumber(key, value));

const tooMuch = (fault: string) => new Refusal(null, { detail: `The request body ${fault}` });
