/** SMPP section 5.2.5 and 5.2.6: what kind of address it is, and by which plan it is numbered. */
export type AddressKind = { readonly ton: number; readonly npi: number };

export const international: AddressKind = { ton: 1, npi: 1 };
const national: AddressKind = { ton: 3, npi: 0 };
const alphanumeric: AddressKind = { ton: 5, npi: 0 };

/** A name, a subscriber's number, or a short one. */
export function kindOfAddress(address: string): AddressKind {
	if (!/^\+?\d+$/.test(address)) return alphanumeric;
	return address.length > 6 ? international : national;
}
