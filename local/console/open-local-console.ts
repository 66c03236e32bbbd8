import { createServer } from "node:net";
import { type Child, startChild } from "../processes/child.ts";
import { listen, loopback } from "../wire/listen.ts";
import type { ConsoleStart } from "./console-messages.ts";

export type LocalConsole = { readonly url: string; stop(): Promise<void>; abandon(): void };

export type LocalConsoleOptions = {
	/** 0 is any free one. */
	readonly port: number;
	/** Where the console finds the local stack, as the command line does. */
	readonly httpPort: number;
	readonly dataPath: string | undefined;
	readonly logFd: number;
};

const endWithinMs = 1_000;

/**
 * The console of the local stack. Its process starts with the first connection, gets each connection from here, and ends when
 * it has had none for some minutes. Whatever becomes of it, the next connection starts it again, and nothing else depends on it.
 */
export async function openLocalConsole(options: LocalConsoleOptions): Promise<LocalConsole> {
	let child: Child | undefined;
	const server = createServer({ pauseOnConnect: true }, (socket) => {
		socket.on("error", () => socket.destroy());
		child ??= started();
		child.sendSocket(socket);
	});
	const port = await listen(server, options.port);

	function started(): Child {
		const { httpPort, dataPath, logFd } = options;
		const env = { SMSGW_HTTP_PORT: String(httpPort), ...(dataPath !== undefined && { SMSGW_DATA: dataPath }) };
		const next = startChild({ entry: "local/console/main.ts", env, logFd });
		next.sendMessage({ port } satisfies ConsoleStart);
		void next.exited.then(() => {
			if (child === next) child = undefined;
		});
		return next;
	}

	return {
		url: `http://${loopback}:${port}`,
		async stop() {
			server.close();
			await child?.stop(endWithinMs);
		},
		abandon() {
			server.close();
			child?.kill();
		},
	};
}
