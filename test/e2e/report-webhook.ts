import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { ReportedMessage } from "./client.ts";
import { portOf } from "./smsc.ts";

/** A client's webhook that confirms every report. */
export type ReportWebhook = {
	/** The statuses that were reported of each message, by its id. */
	readonly statuses: Map<string, Set<string>>;
	/** Opens it. */
	url(): Promise<string>;
	close(): void;
};

export function aReportWebhook(): ReportWebhook {
	const statuses: ReportWebhook["statuses"] = new Map();
	const server = createServer(async (request, response) => {
		const posted: readonly ReportedMessage[] = JSON.parse(await text(request)).delivery_report;
		for (const { message_id, status } of posted) {
			const id = String(message_id);
			statuses.set(id, (statuses.get(id) ?? new Set()).add(status));
		}
		response.writeHead(204).end();
	});
	return {
		statuses,
		url: async () => `http://127.0.0.1:${await portOf(server)}/`,
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}
