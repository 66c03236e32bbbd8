import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { isSenderName, senderNameRule } from "#shared/domain/accounts/sender-name.ts";
import { normalRecipient } from "#shared/domain/numbers/recipient.ts";
import { UsageError } from "./errors.ts";

/** Inputs that several commands share. Each message says what is allowed. */

const accountNameText = "1 to 64 characters without spaces, colons and control characters";
/** Of a new account: safe in HTTP Basic (RFC 7617) and on a terminal. */
export const newAccountName = z
	.string()
	.max(64, accountNameText)
	.regex(/^[^\s:\p{C}]+$/u, accountNameText);

export const senderName = z.string().refine(isSenderName, senderNameRule);

/** A subscriber's number in every form that clients may write. */
export const mobileNumber = z
	.string()
	.transform(normalRecipient)
	.pipe(z.string("a mobile number of Kazakhstan, such as 77010000000"));

/** Of an existing account. */
export const accountName = z.string().min(1, "the name of an account");

export function count(schema: z.ZodNumber, allowed = "a whole number") {
	return z
		.string()
		.regex(/^\d{1,9}$/, allowed)
		.transform(Number)
		.pipe(schema);
}

export function countOrNone(schema: z.ZodNumber) {
	return z.union([z.literal("none").transform(() => null), count(schema)], 'a whole number, 1 or more, or "none"');
}

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90m`, `24h`, `7d`, in milliseconds. */
export const duration = z
	.string()
	.regex(/^\d{1,6}[smhd]$/, "a whole number and s, m, h or d, such as 24h")
	.transform((written) => Number(written.slice(0, -1)) * unitsMs[written.slice(-1) as keyof typeof unitsMs]);

/** ISO 8601 with a zone, in milliseconds since 1970. */
export const instant = z.iso
	.datetime({ offset: true, error: "a time with its zone, such as 2026-11-25T09:00:00+05:00" })
	.transform((written) => Date.parse(written));

export const passwordFile = z.string().min(1).optional();

/** Reads a secret from a file (`-` is standard input), since every user of the machine can read a command line. Drops the last line break. */
export async function secretIn(file: string): Promise<string> {
	const content = file === "-" ? await text(process.stdin) : read(file);
	const secret = content.replace(/\r?\n$/, "");
	if (secret === "" || /[\r\n]/.test(secret))
		throw new UsageError(`${file} must hold exactly one line, which is not empty`);
	return secret;
}

function read(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
	}
}
