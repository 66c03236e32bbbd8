import type { z } from "zod";
import { type ErrorCode, errorText, errorTexts } from "../domain/message/error-codes.ts";
import { Refusal } from "../domain/message/refusal.ts";

/** Turns a failed parse of a client's request into a refusal of the first wrong field. */
export function refusalFrom(error: z.ZodError): Refusal {
	const [issue] = error.issues;
	const field = issue?.path.at(-1);
	const subject = field === undefined ? "The request body" : String(field);
	const text = issue?.message ?? "is not acceptable";
	const code = issue?.code === "custom" ? codeIn(issue.params) : null;
	return new Refusal(code, {
		field: field === undefined ? null : String(field),
		detail: text === errorText(code) ? text : `${subject} ${text}`,
	});
}

function codeIn(params: Readonly<Record<string, unknown>> | undefined): ErrorCode | null {
	const code = params?.["code"];
	return typeof code === "string" && code in errorTexts ? (code as ErrorCode) : null;
}
