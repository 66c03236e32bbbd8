import { once } from "node:events";
import { createServer } from "node:http";

export type HealthServer = { close(): void };

/** What a task says of itself. `started` decides; the rest is for a person. */
export type Health = { readonly started: boolean; readonly [fact: string]: unknown };

/**
 * Answers `GET /healthz` with 200 if the task has started, else with 503. An answer also shows that the event loop runs. It does not depend
 * on binds: at a deployment the new task gets its binds only when the old one releases them, and an operator's outage must not end the
 * tasks that serve clients. The deployment's alarms watch binds (infra/deployment-alarms.ts).
 */
export async function openHealthServer(port: number, health: () => Health): Promise<HealthServer> {
	const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
		request.resume();
		if (request.method !== "GET" || request.url !== "/healthz") {
			response.writeHead(404).end();
			return;
		}
		const facts = health();
		response.writeHead(facts.started ? 200 : 503, { "content-type": "application/json" }).end(JSON.stringify(facts));
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
