import * as z from "zod";
import { type Operator, operators, rnCodes } from "../domain/message/operators.ts";
import type { NumberUpdate } from "../domain/numbers/number-entry.ts";
import { normalRecipient } from "../domain/numbers/recipient.ts";

/** The columns of a numbers file that are read, by their names in its first line. */
export const numberColumns = ["msisdn", "state", "rn_code", "blocked"] as const;

const byRnCode = new Map<string, Operator>(operators.map((operator) => [rnCodes[operator], operator]));

const noNumber = "is no mobile number of the country";
const noState = 'is none of "ported", "in_progress", "none"';
const noRnCode = `is none of ${[...byRnCode.keys()].sort().join(", ")}`;

const lower = z.string().toLowerCase();

/** One row, its cells as text; a cell that is empty, or whose column is not there, leaves what is known as it was. */
export const numberRow = z
	.object({
		msisdn: z.string().transform(normalRecipient).pipe(z.string(noNumber)),
		state: lower.pipe(z.enum(["", "ported", "in_progress", "none"], noState)).default(""),
		rn_code: z.string().default(""),
		blocked: lower.pipe(z.enum(["", "yes", "no"], 'is neither "yes" nor "no"')).default(""),
	})
	.refine(({ state, blocked }) => state !== "" || blocked !== "", "says nothing: state and blocked are empty")
	.transform(({ msisdn: recipient, state, rn_code, blocked }, context): NumberUpdate => {
		/* Spreadsheets take 01 for a number, and write 1. */
		const operator = byRnCode.get(rn_code.padStart(2, "0"));
		if (state === "ported" && operator === undefined) {
			context.addIssue({ code: "custom", path: ["rn_code"], message: noRnCode });
		}
		return {
			recipient,
			...(state !== "" && { portedTo: (state === "ported" && operator) || null, porting: state === "in_progress" }),
			...(blocked !== "" && { blocked: blocked === "yes" }),
		};
	});
