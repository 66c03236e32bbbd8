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

/** What an escape makes of the character that follows it. */
const escaped: ReadonlyMap<string, string> = new Map(
	Object.entries(extension).map(([character, code]) => [alphabet[code] ?? "", character]),
);

/**
 * The text of septets, one per octet; null where an octet is none. As a handset does, an escape that the extension table lacks shows the
 * character of the alphabet, and one that nothing follows a space.
 */
export function gsm7Text(octets: Uint8Array): string | null {
	if (octets.some((octet) => octet > 0x7f)) return null;
	const written = Array.from(octets, (septet) => alphabet[septet]).join("");
	const [head = "", ...pieces] = written.split("\u001b");
	return head + pieces.map((piece) => (escaped.get(piece[0] ?? "") ?? piece[0] ?? " ") + piece.slice(1)).join("");
}

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
