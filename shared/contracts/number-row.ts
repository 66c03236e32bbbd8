import * as z from "zod";
import { type Operator, operators, rnCodes } from "../domain/message/operators.ts";
import type { NumberUpdate } from "../domain/numbers/number-entry.ts";
import { normalRecipient } from "../domain/numbers/recipient.ts";

export const numberColumns = ["msisdn", "state", "rn_code", "blocked"] as const;

const byRnCode = new Map<string, Operator>(operators.map((operator) => [rnCodes[operator], operator]));

const noNumber = "is not a mobile number of Kazakhstan";
const noState = 'must be "ported", "in_progress" or "none"';
const noRnCode = `must be one of ${[...byRnCode.keys()].sort().join(", ")}`;

const lower = z.string().toLowerCase();

/** One row of text cells. An empty cell, or an absent column, leaves the stored value unchanged. */
export const numberRow = z
	.object({
		msisdn: z.string().transform(normalRecipient).pipe(z.string(noNumber)),
		state: lower.pipe(z.enum(["", "ported", "in_progress", "none"], noState)).default(""),
		rn_code: z.string().default(""),
		blocked: lower.pipe(z.enum(["", "yes", "no"], 'must be "yes" or "no"')).default(""),
	})
	.refine(({ state, blocked }) => state !== "" || blocked !== "", "changes nothing: state and blocked are empty")
	.transform(({ msisdn: recipient, state, rn_code, blocked }, context): NumberUpdate => {
		/* Spreadsheets read 01 as a number and write 1. */
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
