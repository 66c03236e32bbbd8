/** The longest address of SMPP (3.4 §4.6.1). It also bounds the work of the patterns below. */
const addressMax = 20;

/** Whether an address hides digits, as `7701****000` and `xxxxxxx0000` do. Senders' names and short numbers do not. */
export function isMask(address: string): boolean {
	if (address.length > addressMax) return false;
	return /^\+?(?=.*[*#?])[\dx*#?]+$/i.test(address) || /^\+?(?=.*x)[\dx]{9,15}$/i.test(address);
}

/** The digits before and after those that a mask hides; without any if the address is no mask. */
export function shownDigits(address: string): { readonly first: string; readonly last: string } {
	const [, first = "", last = ""] = isMask(address) ? (/^\+?(\d*).*?(\d*)$/.exec(address) ?? []) : [];
	return { first, last };
}

/** Whether a recipient has the digits that an address shows, with or without its country code. */
export function fitsMask(recipient: string, address: string): boolean {
	const { first, last } = shownDigits(address);
	const national = recipient.slice(-10);
	return [`7${national}`, `8${national}`, national].some((one) => one.startsWith(first)) && recipient.endsWith(last);
}
