/** The operators and their routing codes (R4): `rn_code` is a mobile network code of two digits, as text. */
export const rnCodes = {
	beeline: "01",
	kcell: "02",
	altel: "07",
	tele2: "77",
} as const;

export type Operator = keyof typeof rnCodes;

export const operators = Object.keys(rnCodes) as readonly Operator[];
