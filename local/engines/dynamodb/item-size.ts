import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "./attribute-values.ts";

/** The octets of an item, as DynamoDB counts them for its limits and its prices. */
export function itemSize(item: Item): number {
	let octets = 0;
	for (const name in item) octets += Buffer.byteLength(name) + valueSize(item[name] as AttributeValue);
	return octets;
}

function valueSize({ S, N, SS, NS, L, M }: AttributeValue): number {
	if (S !== undefined) return Buffer.byteLength(S);
	if (N !== undefined) return numberSize(N);
	if (SS !== undefined) return SS.reduce((sum, member) => sum + Buffer.byteLength(member), 0);
	if (NS !== undefined) return NS.reduce((sum, member) => sum + numberSize(member), 0);
	if (L !== undefined) return L.reduce((sum, value) => sum + 1 + valueSize(value), 3);
	if (M !== undefined) return 3 + Object.keys(M).length + itemSize(M);
	return 1;
}

/** An octet for each two digits, and one or two more. */
function numberSize(text: string): number {
	const digits = text.replace(/^-?0*\.?0*/, "").replace(/\.?0*$/, "");
	return Math.ceil((digits.length - (digits.includes(".") ? 1 : 0)) / 2) + (text.startsWith("-") ? 2 : 1);
}

/** Units of 1 KB, at least one. */
export const writeUnits = (octets: number) => Math.max(1, Math.ceil(octets / 1_024));

/** Units of 4 KB, at least one; half of them if the read is eventually consistent. */
export function readUnits(octets: number, isConsistent: boolean): number {
	return Math.max(1, Math.ceil(octets / 4_096)) * (isConsistent ? 1 : 0.5);
}
