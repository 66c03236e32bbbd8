import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

export type TlsFiles = { readonly cert: string; readonly key: string };

/** A certificate with its key, in PEM. `problem` is what clients will not accept. */
export type Tls = TlsFiles & { readonly problem: string | undefined };

/**
 * Reads a certificate, followed by its intermediate certificates, and its key.
 * @throws Error of one line that names the file.
 */
export function readTls(files: TlsFiles, now: number): Tls {
	const [cert, key] = [textOf(files.cert), textOf(files.key)];
	const certificate = parsed(files.cert, "a certificate in PEM", () => new X509Certificate(cert));
	const own = parsed<KeyObject>(files.key, "a private key in PEM, without a passphrase", () => createPrivateKey(key));
	if (!certificate.checkPrivateKey(own))
		throw new Error(`${files.key} is not the key of the certificate ${files.cert}`);
	return { cert, key, problem: problemOf(certificate, files.cert, now) };
}

function textOf(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		throw new Error(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
	}
}

function parsed<Value>(file: string, what: string, parse: () => Value): Value {
	try {
		return parse();
	} catch (error) {
		throw new Error(`${file} is not ${what}`, { cause: error });
	}
}

function problemOf({ validFromDate, validToDate }: X509Certificate, file: string, now: number): string | undefined {
	if (now >= validToDate.getTime()) return `the certificate ${file} expired at ${validToDate.toISOString()}`;
	if (now < validFromDate.getTime()) return `the certificate ${file} is valid only from ${validFromDate.toISOString()}`;
	return undefined;
}
