/** The GSM 7-bit default alphabet (3GPP TS 23.038, section 6.2.1), by code. ESC is U+001B. */
const alphabet =
	"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/** The extension table (section 6.2.1.1). Each character is sent as ESC and this code, and counts as two. */
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

const codes: ReadonlyMap<string, readonly number[]> = new Map([
	...Array.from(alphabet, (character, code): [string, number[]] => [character, [code]]).filter(
		([, [code]]) => code !== escapeCode,
	),
	...Object.entries(extension).map(([character, code]): [string, number[]] => [character, [escapeCode, code]]),
]);

const escaped: ReadonlyMap<string, string> = new Map(
	Object.entries(extension).map(([character, code]) => [alphabet[code] ?? "", character]),
);

/**
 * Decodes septets, one per octet; null if an octet is above 127. As on a handset, an unknown escape shows the character
 * of the alphabet, and an escape at the end a space.
 */
export function gsm7Text(octets: Uint8Array): string | null {
	if (octets.some((octet) => octet > 0x7f)) return null;
	const written = Array.from(octets, (septet) => alphabet[septet]).join("");
	const [head = "", ...pieces] = written.split("\u001b");
	return head + pieces.map((piece) => (escaped.get(piece[0] ?? "") ?? piece[0] ?? " ") + piece.slice(1)).join("");
}

/** The septets of each character, an escape pair together; null if a character is not in the alphabet. */
export function gsm7Characters(text: string): readonly (readonly number[])[] | null {
	const characters: (readonly number[])[] = [];
	for (const character of text) {
		const septets = codes.get(character);
		if (septets === undefined) return null;
		characters.push(septets);
	}
	return characters;
}
