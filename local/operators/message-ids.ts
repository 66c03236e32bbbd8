import { randomBytes } from "node:crypto";

/** Message ids of one run: eight random hexadecimal digits and a count. Other runs make other ids. */
export function messageIds(): () => string {
	const run = randomBytes(4).toString("hex");
	let count = 0;
	return () => {
		count++;
		return `${run}${String(count).padStart(8, "0")}`;
	};
}
