import { once } from "node:events";
import { connect } from "node:net";

/** Whether a process listens on a Unix socket. A connection that is refused, or no file, means that none does. */
export async function isServed(path: string): Promise<boolean> {
	const socket = connect(path);
	try {
		await once(socket, "connect");
		return true;
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTSOCK") return false;
		/* It is just ending, or has too many connections. */
		if (code === "ECONNRESET" || code === "EAGAIN") return true;
		throw error;
	} finally {
		socket.destroy();
	}
}
