// Prints the reports that the gateway posts: node webhook.mjs [PORT]
// With SMSGW_SECRET, the secret that "accounts webhook secret rotate" printed, it refuses reports with another signature.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const secret = process.env.SMSGW_SECRET;

function isGenuine(headers, body) {
	if (secret === undefined) return true;
	// An old report may be a stolen one.
	if (!(Math.abs(Date.now() / 1_000 - Number(headers["webhook-timestamp"])) <= 300)) return false;
	const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
	const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
	const expected = Buffer.from(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
	const given = String(headers["webhook-signature"])
		.split(" ")
		.map((one) => Buffer.from(one));
	return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}

const server = createServer(async (request, response) => {
	const body = await text(request);
	if (!isGenuine(request.headers, body)) return response.writeHead(401).end("wrong signature");
	// A report may come twice, and in any order: the status of a message_id is what counts.
	const { delivery_report = [], incoming_report = [] } = JSON.parse(body);
	for (const report of delivery_report) console.log(report.message_id, report.client_message_id, report.status);
	for (const incoming of incoming_report) console.log(incoming.sender, incoming.text);
	// 204 confirms the report; so does 200 with the body OK.
	response.writeHead(204).end();
});

server.listen(Number(process.argv[2] ?? 8090), "127.0.0.1", () => {
	console.log(`http://127.0.0.1:${server.address().port}/`);
});
