// Sends a text to several numbers: SMSGW_USER=… SMSGW_PASSWORD=… node batch.mjs TEXT RECIPIENT…
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

const { SMSGW_URL = "http://127.0.0.1:8080/app/smsgw/rest/v2", SMSGW_SENDER = "SMSGW" } = process.env;
const login = Buffer.from(`${process.env.SMSGW_USER}:${process.env.SMSGW_PASSWORD}`).toString("base64");
const [text, ...recipients] = process.argv.slice(2);
const messages = recipients.map((recipient) => ({
	client_message_id: randomUUID(),
	sender: SMSGW_SENDER,
	recipient,
	message_text: text,
}));

/** The batch's id. The same batch again gets the same answer: nothing is sent twice. */
async function post(batch) {
	for (const seconds of [1, 2, 4, 8, null]) {
		const response = await fetch(`${SMSGW_URL}/batches`, {
			method: "POST",
			headers: { authorization: `Basic ${login}`, "content-type": "application/json" },
			body: JSON.stringify({ messages: batch }),
			signal: AbortSignal.timeout(60_000),
		}).catch((error) => ({ status: 503, json: async () => ({ error_message: String(error) }) }));
		const answer = await response.json();
		if (response.status === 201) return answer.batch_id;
		if (seconds === null || (response.status < 500 && response.status !== 429))
			throw new Error(`${response.status}: ${answer.error_message}`);
		await pause(seconds * 1_000);
	}
}

for (let from = 0; from < messages.length; from += 200) console.log(await post(messages.slice(from, from + 200)));
