/** Both ends included. */
export type AddressRange = { readonly first: number; readonly last: number };

/** An IPv4 address as a number; undefined if invalid. */
export function addressOf(text: string): number | undefined {
	const parts = text.split(".");
	const isAddress = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
	return isAddress ? parts.reduce((all, part) => all * 256 + Number(part), 0) : undefined;
}

/** Undefined if invalid, or if the address is not the first of the block. */
export function rangeOf(cidr: string): (AddressRange & { readonly bits: number }) | undefined {
	const [, address = "", bitsText = ""] = /^([\d.]+)\/(\d|[12]\d|3[0-2])$/.exec(cidr) ?? [];
	const first = addressOf(address);
	if (first === undefined) return undefined;
	const bits = Number(bitsText);
	const size = 2 ** (32 - bits);
	return first % size === 0 ? { first, last: first + size - 1, bits } : undefined;
}

export function contains(outer: AddressRange, inner: AddressRange): boolean {
	return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(one: string, other: string): boolean {
	const [a, b] = [rangeOf(one), rangeOf(other)];
	return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].flatMap(
	(block) => rangeOf(block) ?? [],
);

/** Whether the internet does not route these addresses. */
export function isPrivate(range: AddressRange): boolean {
	return privateBlocks.some((block) => contains(block, range));
}
