/** esm_class (section 5.2.12). */
export const esmClass = {
	modeBits: 0x03,
	storeAndForward: 0x03,
	typeBits: 0x3c,
	receipt: 0x04,
	interim: 0x20,
	/** The message begins with a user data header. */
	udhIndicator: 0x40,
	replyPath: 0x80,
} as const;
