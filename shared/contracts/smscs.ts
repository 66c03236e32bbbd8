import * as z from "zod";
import { type ErrorCode, errorTexts } from "../domain/message/error-codes.ts";
import { type Operator, operators } from "../domain/message/operators.ts";
import { alphabets } from "../domain/message/segments.ts";
import { longReceiptRules } from "../domain/receipts/long-receipts.ts";
import { receiptIdRules } from "../domain/receipts/receipt-ids.ts";
import { plainReason } from "../domain/receipts/smsc-errors.ts";
import { statusMeanings } from "../domain/send/status-meanings.ts";

/** A C-octet string of at most this many characters, its NUL not counted. */
const latin1 = (max: number) =>
	z
		.string()
		.regex(/^[\x20-\x7e\xa0-\xff]*$/, "must be Latin-1 without control characters")
		.max(max);

const operatorName = z.enum(operators as readonly [Operator, ...Operator[]]);

const errorCode = z.enum(Object.keys(errorTexts) as [ErrorCode, ...ErrorCode[]]);

/** Error codes of an SMSC that differ from the dictionary's: `{"radix":16,"err":{"1F4":"27"},"status":{"1025":"33"}}`. */
const smscErrors = z.strictObject({
	radix: z.literal([10, 16]).default(10),
	err: z
		.record(z.string().regex(/^[\da-zA-Z]{1,8}$/), errorCode)
		.transform((codes) => Object.fromEntries(Object.entries(codes).map(([text, code]) => [plainReason(text), code])))
		.prefault({}),
	status: z.record(z.string().regex(/^[1-9]\d{0,9}$/), errorCode).default({}),
});
export const smscErrorsByOperator = z.partialRecord(operatorName, smscErrors);

/** What a command_status means for the message, where it differs from the default: `{"8":"permanent"}`. */
const statusTable = z.record(
	z.string().regex(/^[1-9]\d{0,9}$/, "must be a command_status in decimal"),
	z.enum(statusMeanings),
);

const addressKind = z.strictObject({ ton: z.int().min(0).max(6), npi: z.int().min(0).max(18) });

const octet = z.int().min(0).max(255);

/** An optional parameter: its tag in hex, and its value in hex. */
const vendorTlv = z.strictObject({
	tag: z.string().regex(/^0x[\da-f]{4}$/i, "must be four hex digits after 0x"),
	hex: z.string().regex(/^([\da-f]{2}){0,255}$/i, "must be pairs of hex digits, at most 255"),
});

/** Optional settings for an SMSC's form of submit_sm. */
export const submitStyle = z.strictObject({
	/** The alphabet of data_coding 0. Texts with other characters go as UCS-2. */
	alphabet: z.enum(alphabets).default("gsm7"),
	/** Messages of several segments: each segment with a user data header or SAR TLVs, or all in one message_payload. */
	long_messages: z.enum(["udh", "sar", "payload"]).default("udh"),
	/** validity_period as an instant in UTC, or relative to the submit. */
	validity: z.enum(["absolute", "relative"]).default("absolute"),
	/** SMPP section 5.2.11: at most 5 characters and their NUL. */
	service_type: latin1(5).default(""),
	/** TON and NPI of senders: of names, of numbers of up to six digits, and of longer numbers. */
	source: z
		.strictObject({
			alphanumeric: addressKind.prefault({ ton: 5, npi: 0 }),
			short: addressKind.prefault({ ton: 3, npi: 0 }),
			international: addressKind.prefault({ ton: 1, npi: 1 }),
		})
		.prefault({}),
	/** TON and NPI of recipients, which are written as international numbers without a plus sign. */
	destination: addressKind.prefault({ ton: 1, npi: 1 }),
	protocol_id: octet.default(0),
	/** data_coding of flash messages (A31), for SMSCs that do not take the message class in data_coding groups 0001. */
	flash: z.strictObject({ gsm7: octet.default(0x10), ucs2: octet.default(0x18) }).prefault({}),
	/** Optional parameters that every submit_sm carries: of the vendor, or such as `{"tag":"0x0005","hex":"01"}`. */
	tlvs: z.array(vendorTlv).max(20).default([]),
	/** Whether priority_flag carries the priority; some SMSCs refuse other values than 0. */
	priority: z.boolean().default(true),
	/** The most times that an unanswered submit_sm is sent again (A51). Each may be a copy at the handset. */
	repeats_max: z.int().min(1).max(10).default(3),
});
export type SubmitStyle = z.output<typeof submitStyle>;

export const defaultSubmitStyle: SubmitStyle = submitStyle.parse({});

/** The relation of the id in a receipt to the id in the submit's response. Without it the gateway learns it from receipts. */
const receiptIdRule = z.enum(receiptIdRules);
export const receiptIdsByOperator = z.partialRecord(operatorName, receiptIdRule);

/** The fields of our bind requests, and whether a bind is one session or two. */
export const bindSettings = z.strictObject({
	sessions: z.enum(["transceiver", "separate"]).default("transceiver"),
	/** SMPP section 5.2.3: at most 12 characters and their NUL. */
	system_type: latin1(12).default(""),
	ton: z.int().min(0).max(6).default(0),
	npi: z.int().min(0).max(18).default(0),
	/** SMPP section 5.2.7: at most 40 characters and their NUL. */
	address_range: latin1(40).default(""),
	version: z.enum(["3.3", "3.4", "5.0"]).default("3.4"),
});
export type BindSettings = z.output<typeof bindSettings>;

export const defaultBindSettings: BindSettings = bindSettings.parse({});

const host = z.string().regex(/^[\w.-]+$/, "must be a host name or an IPv4 address");
const port = z.int().min(1).max(65_535);

const longReceiptRule = z.enum(longReceiptRules);
export const longReceiptsByOperator = z.partialRecord(operatorName, longReceiptRule);

export const smsc = z.strictObject({
	host,
	port,
	/** Other hosts of the same SMSC, tried in turn after the first fails. */
	standby_hosts: z.array(z.strictObject({ host, port })).max(8).exactOptional(),
	/** SMPP section 5.2.1: at most 15 characters and their NUL. */
	system_id: latin1(15).min(1),
	binds: z.int().min(1).max(64).default(1),
	/** Messages per second, over all binds. */
	tps: z.number().positive().max(100_000).default(100),
	/** The most requests without a response, per bind. */
	window: z.int().min(1).max(10_000).default(50),
	/** TLS. The certificate must be valid for the host's name; `ca` (PEM) is the SMSC's private authority. */
	tls: z.strictObject({ ca: z.string().exactOptional() }).exactOptional(),
	bind: bindSettings.exactOptional(),
	/** Time for a response. A later one is still used while its connection stands. */
	response_seconds: z.int().min(5).max(45).exactOptional(),
	/** Silence of the SMSC after which it gets an enquire_link. */
	enquire_link_seconds: z.int().min(5).max(600).exactOptional(),
	statuses: statusTable.exactOptional(),
	errors: smscErrors.exactOptional(),
	submit: submitStyle.exactOptional(),
	receipt_ids: receiptIdRule.exactOptional(),
	/** Messages of several parts: a receipt for each part, or one for the message. Without it the gateway learns it. */
	long_receipts: longReceiptRule.exactOptional(),
});
export type SmscSettings = z.output<typeof smsc>;

export const smscs = z.partialRecord(operatorName, smsc);

/** Passwords by operator. SMPP section 5.2.2 allows 8 characters; some SMSCs use more. */
const password = latin1(64);
export const smscPasswords = z.partialRecord(operatorName, password);

/** The file that `SMSGW_OPERATORS` names: the SMSC and password of each operator. */
export const operatorsFile = z.partialRecord(operatorName, smsc.extend({ password }));
