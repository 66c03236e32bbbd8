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
			"At least once, in any order, to the account's URL, with Basic where the account has it. Whatever else than the answers below comes, or nothing within 10 s, is tried again for about a day; 410 ends it.",
		security: [{}, { basic: [] }],
		parameters: [
			header("webhook-id", "The same for each try of one report.", true),
			header("webhook-timestamp", "Seconds since 1970, of this try.", true),
			header("webhook-signature", "By Standard Webhooks, where the account has a secret.", false),
		],
		requestBody: { required: true, content: { "application/json": { schema, example } } },
		responses: {
			204: { description: "Confirms the report." },
			200: { description: "Confirms the report where its body is OK.", content: ok },
			201: { description: "Confirms the report where its body is OK.", content: ok },
		},
	},
});

const ok: Json = { "text/plain": { schema: { type: "string" }, example: "OK" } };

/** What the gateway sends its clients (R36, R40, R42). */
export const webhooks: Json = {
	deliveryReport: report(
		"deliveryReport",
		"What became of messages",
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
