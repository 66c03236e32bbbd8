/**
 * The letters of the GSM 7-bit alphabet outside ASCII that a submit_sm carries, which is Latin-1. Its Greek letters are
 * not among them.
 */
const gsmOutsideAscii = "£¥èéùìòÇØøÅåÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";

/** SMPP allows 20 octets; a handset shows 11 letters. */
const numeric = /^(?:\d{1,20}|\+\d{1,19})$/;
const alphanumeric = new RegExp(`^(?! )[ -~${gsmOutsideAscii}]{1,11}(?<! )$`);

export const senderNameRule = "1 to 11 Latin letters, digits and signs, or a number of up to 20 digits";

/** Whether an SMSC can carry a sender. */
export function isSenderName(name: string): boolean {
	return numeric.test(name) || alphanumeric.test(name);
}
