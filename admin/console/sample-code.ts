import { readFileSync } from "node:fs";
import { join } from "node:path";

const samples = join(import.meta.dirname, "..", "..", "samples");

export const codeLanguages = ["curl", "PHP", "Python", "Java"] as const;
export type CodeLanguage = (typeof codeLanguages)[number];

export type SendRequest = {
	readonly url: string;
	readonly account: string;
	readonly password: string;
	readonly sender: string;
	readonly recipient: string;
	readonly text: string;
};

/** Where a sample takes each value from, as it is written there. */
type Places = Readonly<Record<keyof SendRequest, RegExp>>;

const places = {
	PHP: {
		url: /getenv\('SMSGW_URL'\) \?: '[^']*'/,
		account: /getenv\('SMSGW_USER'\)/,
		password: /getenv\('SMSGW_PASSWORD'\)/,
		sender: /getenv\('SMSGW_SENDER'\) \?: '[^']*'/,
		recipient: /\$argv\[1\]/,
		text: /\$argv\[2\]/,
	},
	Python: {
		url: /os\.environ\.get\("SMSGW_URL", "[^"]*"\)/,
		account: /os\.environ\["SMSGW_USER"\]/,
		password: /os\.environ\["SMSGW_PASSWORD"\]/,
		sender: /os\.environ\.get\("SMSGW_SENDER", "[^"]*"\)/,
		recipient: /sys\.argv\[1\]/,
		text: /sys\.argv\[2\]/,
	},
	Java: {
		url: /env\("SMSGW_URL", "[^"]*"\)/,
		account: /System\.getenv\("SMSGW_USER"\)/,
		password: /System\.getenv\("SMSGW_PASSWORD"\)/,
		sender: /env\("SMSGW_SENDER", "[^"]*"\)/,
		recipient: /args\[0\]/,
		text: /args\[1\]/,
	},
} as const satisfies Record<Exclude<CodeLanguage, "curl">, Places>;

const files = { PHP: "send.php", Python: "send.py", Java: "Send.java" } as const;

const escaped = (value: string, quote: string) =>
	value
		.replaceAll("\\", "\\\\")
		.replaceAll(quote, `\\${quote}`)
		.replaceAll("\n", quote === '"' ? "\\n" : "\n")
		.replaceAll("\r", quote === '"' ? "\\r" : "\r");

/** A literal of the language. PHP's has single quotes, in which no variable is replaced. */
const literals = {
	PHP: (value: string) => `'${escaped(value, "'")}'`,
	Python: (value: string) => `"${escaped(value, '"')}"`,
	Java: (value: string) => `"${escaped(value, '"')}"`,
} as const;

const shellWord = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;

/**
 * A program that sends this message, from the sample of its language with the values filled in.
 * @throws Error if the sample takes a value from elsewhere: a test would have told.
 */
export function sampleCode(language: CodeLanguage, request: SendRequest): string {
	if (language === "curl") return curlLine(request);
	const source = readFileSync(join(samples, files[language]), "utf8");
	return Object.entries(places[language]).reduce((code, [name, place]) => {
		if (!place.test(code)) throw new Error(`${files[language]} has no place for ${name}`);
		return code.replace(place, () => literals[language](request[name as keyof SendRequest]));
	}, source);
}

function curlLine({ url, account, password, sender, recipient, text }: SendRequest): string {
	const body = { client_message_id: `curl-${Date.now()}`, sender, recipient, message_text: text };
	return [
		`curl -i -u ${shellWord(`${account}:${password}`)} ${shellWord(`${url}/messages`)} \\`,
		`  -H 'content-type: application/json' \\`,
		`  -d ${shellWord(JSON.stringify(body))}`,
	].join("\n");
}
