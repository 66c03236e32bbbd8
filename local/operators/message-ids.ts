import { randomBytes } from "node:crypto";

/** Ids of one run: eight random hexadecimal digits and a count, at most 20 characters; another run gives others. */
export function messageIds(): () => string {
	const run = randomBytes(4).toString("hex");
	let count = 0;
	return () => {
		count++;
		return `${run}${String(count).padStart(8, "0")}`;
	};
}
