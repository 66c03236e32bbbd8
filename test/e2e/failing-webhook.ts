import { createServer } from "node:http";
import type { SeedAccount } from "#local/seed.ts";
import { portOf } from "./smsc.ts";

/** A client's webhook that answers 500 to the first report and confirms all others, and the account that has it. */
export function aFailingWebhook() {
	let calls = 0;
	const server = createServer((request, response) => {
		calls += 1;
		request.resume();
		response.writeHead(calls === 1 ? 500 : 204).end();
	});
	return {
		account: async (name: string): Promise<SeedAccount> => ({
			account: {
				user_name: name,
				senders: [{ name: "SMSGW" }],
				default_time_bounds: "full",
				webhook: { url: `http://127.0.0.1:${await portOf(server)}/` },
			},
			password: name,
		}),
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}
