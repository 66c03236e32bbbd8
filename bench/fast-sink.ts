import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { nextCommand, reportToParent } from "#local/processes/parent-commands.ts";
import { listen, loopback } from "#local/wire/listen.ts";
import { clockMs } from "./clock.ts";
import { type SinkCount, sinkOrder } from "./peer-messages.ts";

/** A client's server that confirms every report at once, and counts the reported messages. */

let reported = new Set<unknown>();
let repeats = 0;
let lastAt = 0;

function countReport(messageId: unknown): void {
	lastAt = clockMs();
	if (reported.has(messageId)) repeats += 1;
	else reported.add(messageId);
}

const server = createServer((request, response) => {
	const confirm = () => void response.writeHead(204).end();
	if (request.method === "GET") {
		/* As `/?id=…`: a request for each message must cost as little as can be. */
		countReport(request.url?.split("id=", 2)[1]);
		confirm();
	} else void countReports(request).then(confirm);
});

async function countReports(request: IncomingMessage): Promise<void> {
	const { delivery_report } = JSON.parse(await text(request));
	for (const { message_id } of delivery_report) countReport(message_id);
}

reportToParent({ url: `http://${loopback}:${await listen(server, 0)}` });
for (;;) {
	const { kind } = await nextCommand(sinkOrder);
	if (kind === "reset") {
		reported = new Set();
		repeats = 0;
	}
	reportToParent({ messages: reported.size, repeats, lastAt } satisfies SinkCount);
}
