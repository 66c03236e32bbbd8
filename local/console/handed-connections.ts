import type { Server } from "node:http";
import type { Socket } from "node:net";

export type HandedConnections = {
	serve(socket: Socket): void;
	/** How long there has been no connection. */
	idleMs(): number;
};

/** Connections that another process has accepted for this server, which does not listen itself. It does not count them. */
export function handedConnections(http: Server): HandedConnections {
	let open = 0;
	let idleSince = performance.now();
	/* Node checks the time limits of requests from then on. */
	http.emit("listening");
	return {
		serve(socket) {
			open += 1;
			socket.once("close", () => {
				open -= 1;
				idleSince = performance.now();
			});
			http.emit("connection", socket);
			socket.resume();
		},
		idleMs: () => (open > 0 ? 0 : performance.now() - idleSince),
	};
}
