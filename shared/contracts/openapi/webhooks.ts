import { type Json, refTo } from "./components.ts";
import { examples } from "./examples.ts";

const header = (name: string, description: string, required: boolean): Json => ({
	name,
	in: "header",
	description,
	required,
	schema: { type: "string" },
});

const report = (name: string, summary: string, schema: Json, example: unknown): Json => ({
	post: {
		operationId: name,
		summary,
		description:
			"Sent to the account's webhook URL at least once, in any order, with Basic authentication if the account has it. The status line of the response counts, even if the connection breaks after it. After any other response than those below, or none within 10 s, the gateway retries for about a day. A 410 stops the retries.",
		security: [{}, { basic: [] }],
		parameters: [
			header("webhook-id", "The same for each attempt to send one report.", true),
			header("webhook-timestamp", "The time of this attempt, in seconds since 1970.", true),
			header("webhook-signature", "The signature of Standard Webhooks, if the account has a secret.", false),
		],
		requestBody: { required: true, content: { "application/json": { schema, example } } },
		responses: {
			204: { description: "Confirms the report, whatever body follows." },
			200: { description: "Confirms the report if the body is OK.", content: ok },
			201: { description: "Confirms the report if the body is OK.", content: ok },
		},
	},
});

const ok: Json = { "text/plain": { schema: { type: "string" }, example: "OK" } };

/** The reports that the gateway sends to clients (R36, R40, R42). */
export const webhookOperations: Json = {
	deliveryReport: report(
		"deliveryReport",
		"The statuses of messages",
		refTo("DeliveryReports"),
		examples.deliveryReports,
	),
	incomingReport: report(
		"incomingReport",
		"Messages from subscribers",
		refTo("IncomingReports"),
		examples.incomingReports,
	),
};
