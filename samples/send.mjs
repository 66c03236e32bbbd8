// Sends one message: SMSGW_USER=… SMSGW_PASSWORD=… node send.mjs RECIPIENT TEXT
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

const { SMSGW_URL = "http://127.0.0.1:8080/app/smsgw/rest/v2", SMSGW_SENDER = "SMSGW" } = process.env;
const login = Buffer.from(`${process.env.SMSGW_USER}:${process.env.SMSGW_PASSWORD}`).toString("base64");
const [recipient, text] = process.argv.slice(2);
const body = JSON.stringify({
	// Your own id of the message. A retry has the same one, so the message is sent once.
	client_message_id: randomUUID(),
	sender: SMSGW_SENDER,
	recipient,
	message_text: text,
});

/** The status and the body; no status if there was no answer. */
async function post() {
	const headers = { authorization: `Basic ${login}`, "content-type": "application/json" };
	try {
		const response = await fetch(`${SMSGW_URL}/messages`, {
			method: "POST",
			headers,
			body,
			signal: AbortSignal.timeout(30_000),
		});
		return { status: response.status, answer: await response.json() };
	} catch (error) {
		return { status: null, answer: { error_message: String(error) } };
	}
}

for (const seconds of [1, 2, 4, 8, null]) {
	const { status, answer } = await post();
	// 23 after a retry: the first request was accepted, and only its answer was lost. It has the message's id.
	if (status === 201 || (answer.error_code === "23" && answer.message_id)) {
		console.log(answer.message_id);
		break;
	}
	if (seconds === null || (status !== null && status < 500 && status !== 429)) {
		console.error(`${status}: ${answer.error_message}`);
		process.exitCode = 1;
		break;
	}
	await pause(seconds * 1_000);
}
