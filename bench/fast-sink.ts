import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { nextOrder, report } from "#local/processes/orders.ts";
import { listen, loopback } from "#local/wire/listen.ts";
import { clockMs } from "./clock.ts";

/** A client's server that confirms every report at once, and counts the messages that it was told of. */

export type SinkOrder = { readonly kind: "reset" | "count" };
export type SinkCount = { readonly messages: number; readonly repeats: number; readonly lastAt: number };

let told = new Set<unknown>();
let repeats = 0;
let lastAt = 0;

function note(messageId: unknown): void {
	lastAt = clockMs();
	if (told.has(messageId)) repeats += 1;
	else told.add(messageId);
}

const server = createServer(async (request, response) => {
	const url = new URL(request.url ?? "/", "http://sink");
	const body = await text(request);
	if (request.method === "GET") note(url.searchParams.get("id"));
	else for (const { message_id } of JSON.parse(body).delivery_report) note(message_id);
	response.writeHead(204).end();
});

report({ url: `http://${loopback}:${await listen(server, 0)}` });
for (;;) {
	const { kind } = await nextOrder<SinkOrder>();
	if (kind === "reset") {
		told = new Set();
		repeats = 0;
	}
	report({ messages: told.size, repeats, lastAt } satisfies SinkCount);
}
