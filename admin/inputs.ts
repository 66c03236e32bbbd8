import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { UsageError } from "./errors.ts";

/** What several commands are given, as it is written on a command line. */

/** What an account may be called from now on: nothing that HTTP Basic (RFC 7617) or a terminal would take for something else. */
export const newAccountName = z
	.string()
	.max(64, "must have at most 64 characters")
	.regex(/^[^\s:\p{C}]+$/u, "must have no space, colon or control character");

/** One that is there. */
export const accountName = z.string().min(1, "must not be empty");

/** A whole number, as text. */
export function count(schema: z.ZodNumber) {
	return z
		.string()
		.regex(/^\d{1,9}$/, "must be a whole number")
		.transform(Number)
		.pipe(schema);
}

/** The same, or "none". */
export function countOrNone(schema: z.ZodNumber) {
	return z.union(
		[z.literal("none").transform(() => null), count(schema)],
		'must be a whole number, 1 or more, or "none"',
	);
}

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90m`, `24h`, `7d`: in milliseconds. */
export const duration = z
	.string()
	.regex(/^\d{1,6}[smhd]$/, "must be a number and s, m, h or d, such as 24h")
	.transform((written) => Number(written.slice(0, -1)) * unitsMs[written.slice(-1) as keyof typeof unitsMs]);

/** ISO 8601 with its zone, in milliseconds since 1970. */
export const instant = z.iso
	.datetime({ offset: true, error: "must be a time with its zone, such as 2026-11-25T09:00:00+05:00" })
	.transform((written) => Date.parse(written));

export const passwordFile = z.string().min(1).optional();

/**
 * The secret that a file holds, `-` being standard input; the line break at its end is none of it. Secrets never stand on a command
 * line, where the whole machine can read them.
 */
export async function secretIn(file: string): Promise<string> {
	const content = file === "-" ? await text(process.stdin) : read(file);
	const secret = content.replace(/\r?\n$/, "");
	if (secret === "" || /[\r\n]/.test(secret)) throw new UsageError(`${file} must hold one line, and that not empty`);
	return secret;
}

function read(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		throw new UsageError(`${file}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
	}
}
