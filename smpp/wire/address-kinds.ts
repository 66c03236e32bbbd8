/** Type of number and numbering plan (SMPP sections 5.2.5 and 5.2.6). */
export type AddressKind = { readonly ton: number; readonly npi: number };

export const addressKinds = {
	international: { ton: 1, npi: 1 },
	short: { ton: 3, npi: 0 },
	alphanumeric: { ton: 5, npi: 0 },
} as const satisfies Record<string, AddressKind>;

export const { international } = addressKinds;

export function kindOfAddress(address: string): keyof typeof addressKinds {
	if (!/^\+?\d+$/.test(address)) return "alphanumeric";
	return address.length > 6 ? "international" : "short";
}
