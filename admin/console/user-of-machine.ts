import { userInfo } from "node:os";

/** Who acts, for the log. In a container, a user may have a number and no name. */
export function userOfMachine(info: () => { readonly username: string } = userInfo): string {
	try {
		return info().username;
	} catch {
		return `uid ${process.getuid?.() ?? "unknown"}`;
	}
}
