/** The GSM 7-bit default alphabet (3GPP TS 23.038, section 6.2.1), each character at its code; ESC stands as U+001B. */
const alphabet =
	"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/** The extension table (section 6.2.1.1): each is sent as ESC and this code, and so counts as two. */
const extension: Readonly<Record<string, number>> = {
	"\f": 0x0a,
	"^": 0x14,
	"{": 0x28,
	"}": 0x29,
	"\\": 0x2f,
	"[": 0x3c,
	"~": 0x3d,
	"]": 0x3e,
	"|": 0x40,
	"€": 0x65,
};

const escapeCode = 0x1b;

/** The septets of each character that the alphabet has, one per octet. */
const codes: ReadonlyMap<string, readonly number[]> = new Map([
	...Array.from(alphabet, (character, code): [string, number[]] => [character, [code]]).filter(
		([, [code]]) => code !== escapeCode,
	),
	...Object.entries(extension).map(([character, code]): [string, number[]] => [character, [escapeCode, code]]),
]);

/** The text's characters as septets, an escape pair together; null where the alphabet lacks one of them. */
export function gsm7Characters(text: string): readonly (readonly number[])[] | null {
	const characters: (readonly number[])[] = [];
	for (const character of text) {
		const septets = codes.get(character);
		if (septets === undefined) return null;
		characters.push(septets);
	}
	return characters;
}

const extensionCharacters: ReadonlyMap<number, string> = new Map(
	Object.entries(extension).map(([character, code]) => [code, character]),
);

/**
 * The text of septets, one per octet. A code that the extension table lacks is read by the alphabet, as handsets do; an octet that is no
 * septet is read as Latin-1, for some SMSCs send that as their default.
 */
export function gsm7Text(septets: Iterable<number>): string {
	let text = "";
	let escaped = false;
	for (const septet of septets) {
		if (septet === escapeCode && !escaped) {
			escaped = true;
			continue;
		}
		const plain = septet === escapeCode ? " " : (alphabet[septet] ?? String.fromCharCode(septet));
		text += escaped ? (extensionCharacters.get(septet) ?? plain) : plain;
		escaped = false;
	}
	return text;
}
