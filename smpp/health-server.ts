import { once } from "node:events";
import { createServer } from "node:http";

export type HealthServer = { close(): void };

/**
 * Answers `GET /healthz` with 200 while the event loop runs. It does not depend on binds: at a deployment the new task
 * gets its binds only when the old one releases them.
 */
export async function openHealthServer(port: number): Promise<HealthServer> {
	const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
		request.resume();
		response.writeHead(request.method === "GET" && request.url === "/healthz" ? 200 : 404).end();
	});
	server.listen(port);
	await once(server, "listening");
	return {
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}
