import { createServer, type IncomingMessage } from "node:http";
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

const server = createServer((request, response) => {
	const confirm = () => void response.writeHead(204).end();
	if (request.method === "GET") {
		/* As `/?id=…`: a request for each message must cost as little as can be. */
		note(request.url?.split("id=", 2)[1]);
		confirm();
	} else void notePack(request).then(confirm);
});

async function notePack(request: IncomingMessage): Promise<void> {
	const { delivery_report } = JSON.parse(await text(request));
	for (const { message_id } of delivery_report) note(message_id);
}

report({ url: `http://${loopback}:${await listen(server, 0)}` });
for (;;) {
	const { kind } = await nextOrder<SinkOrder>();
	if (kind === "reset") {
		told = new Set();
		repeats = 0;
	}
	report({ messages: told.size, repeats, lastAt } satisfies SinkCount);
}
