import createClient from "openapi-fetch";
import { client } from "./hey-api/client.gen.ts";
import { deleteMessage, getBatch, getMessage, postBatch, postMessage } from "./hey-api/index.ts";
import type { components, paths } from "./openapi-typescript.ts";

/** Calls the gateway at the URL of the first argument by two generated clients, without a cast. Prints what it read. */
const [, , baseUrl = ""] = process.argv;
const headers = { authorization: `Basic ${Buffer.from("demo:demo").toString("base64")}` };
const message = { sender: "SMSGW", recipient: "77010000000", message_text: "Hi" };
const idOf = (name: string) => `generated-${name}-${Date.now()}`;

const typed = createClient<paths>({ baseUrl, headers });
const sent = await typed.POST("/messages", { body: { ...message, client_message_id: idOf("1") } });
if (sent.data === undefined) throw new Error(sent.error.error_message);
/* The id of a 201 is a text, that of a message a number: a path takes both. */
const first = await typed.GET("/messages/{message_id}", { params: { path: { message_id: sent.data.message_id } } });
if (first.data === undefined) throw new Error(first.error.error_message);
const status: components["schemas"]["Status"] = first.data.message_status;
const { message_id } = first.data;
const again = await typed.GET("/messages/{message_id}", {
	params: { path: { message_id }, query: { segments_info: true } },
});

client.setConfig({ baseUrl, headers });
const posted = await postMessage({ body: { ...message, client_message_id: idOf("2") } });
if (posted.data === undefined) throw new Error(posted.error.error_message);
const read = await getMessage({ path: { message_id: posted.data.message_id } });
if (read.data === undefined) throw new Error(read.error.error_message);
const batch = await postBatch({ body: { messages: [{ ...message, client_message_id: idOf("3") }] } });
if (batch.data === undefined) throw new Error(batch.error.error_message);
const inBatch = await getBatch({ path: { batch_id: batch.data.batch_id } });
const refused = await deleteMessage({ path: { message_id: read.data.message_id } });

console.log(
	JSON.stringify({
		...{ status, again: again.data?.message_id === message_id, read: read.data.recipient },
		...{ inBatch: inBatch.data?.length, refused: refused.error?.error_message },
	}),
);
