import * as z from "zod";
import { type ErrorCode, errorTexts } from "../domain/message/error-codes.ts";
import { type Operator, operators } from "../domain/message/operators.ts";
import { alphabets } from "../domain/message/segments.ts";
import { receiptIdRules } from "../domain/receipts/receipt-ids.ts";
import { plainReason } from "../domain/receipts/smsc-errors.ts";

const operatorName = z.enum(operators as readonly [Operator, ...Operator[]]);

const errorCode = z.enum(Object.keys(errorTexts) as [ErrorCode, ...ErrorCode[]]);

/** How an SMSC numbers what went wrong, where that is not as in the dictionary: `{"radix":16,"err":{"1F4":"27"},"status":{"1025":"33"}}`. */
const smscErrors = z.strictObject({
	radix: z.literal([10, 16]).default(10),
	err: z
		.record(z.string().regex(/^[\da-zA-Z]{1,8}$/), errorCode)
		.transform((codes) => Object.fromEntries(Object.entries(codes).map(([text, code]) => [plainReason(text), code])))
		.prefault({}),
	status: z.record(z.string().regex(/^[1-9]\d{0,9}$/), errorCode).default({}),
});
export const smscErrorsByOperator = z.partialRecord(operatorName, smscErrors);

const addressKind = z.strictObject({ ton: z.int().min(0).max(6), npi: z.int().min(0).max(18) });

/** How an SMSC wants a message handed over, where that is not as usual. */
export const submitStyle = z.strictObject({
	/** What it takes data_coding 0 for. What its alphabet lacks goes as UCS-2. */
	alphabet: z.enum(alphabets).default("gsm7"),
	/** Messages of several segments: each with a user data header, or with SAR TLVs; or whole, in message_payload. */
	long_messages: z.enum(["udh", "sar", "payload"]).default("udh"),
	/** validity_period as an instant in UTC, or counted from the submit. */
	validity: z.enum(["absolute", "relative"]).default("absolute"),
	/** SMPP section 5.2.11: at most 5 characters and their NUL. */
	service_type: z.string().max(5).default(""),
	/** TON and NPI of senders: names, numbers of up to six digits, longer ones. */
	source: z
		.strictObject({
			alphanumeric: addressKind.exactOptional(),
			short: addressKind.exactOptional(),
			international: addressKind.exactOptional(),
		})
		.prefault({}),
	/** Whether priority_flag is told; some SMSCs refuse what is not 0. */
	priority: z.boolean().default(true),
	/** How often a submit_sm that was not answered is sent again (A51): each may be a copy at the handset. */
	repeats_max: z.int().min(1).max(10).default(3),
});
export type SubmitStyle = z.output<typeof submitStyle>;

export const defaultSubmitStyle: SubmitStyle = submitStyle.parse({});

/** How the id in a receipt relates to the one in the submit's response; learnt from the receipts where nothing is said. */
const receiptIdRule = z.enum(receiptIdRules);
export const receiptIdsByOperator = z.partialRecord(operatorName, receiptIdRule);

/** One operator's SMSC: where it is, and what its contract allows us. */
export const smsc = z.strictObject({
	host: z.string().min(1),
	port: z.int().min(1).max(65_535),
	/** SMPP section 5.2.1: at most 15 characters and their NUL. */
	system_id: z.string().min(1).max(15),
	/** How many binds the operator allows us at once. */
	binds: z.int().min(1).max(64).default(1),
	/** Messages a second over all binds together. */
	tps: z.number().positive().max(100_000).default(100),
	/** Requests that may wait for their response, per bind. */
	window: z.int().min(1).max(10_000).default(50),
	/** TLS, its certificate checked against the host's name; `ca` (PEM) where the SMSC's authority is its own. */
	tls: z.strictObject({ ca: z.string().exactOptional() }).exactOptional(),
	errors: smscErrors.exactOptional(),
	submit: submitStyle.exactOptional(),
	receipt_ids: receiptIdRule.exactOptional(),
});
export type Smsc = z.output<typeof smsc>;

export const smscs = z.partialRecord(operatorName, smsc);

/** Passwords by operator, apart from the rest because secret. SMPP section 5.2.2 allows 8 characters; some SMSCs want more. */
export const smscPasswords = z.partialRecord(operatorName, z.string().max(64));

/** One operator in the file that `SMSGW_OPERATORS` names: its SMSC and its password together. */
export const operatorsFile = z.partialRecord(operatorName, smsc.extend({ password: z.string().max(64) }));
