import type { Clock } from "../../clock.ts";
import type { Webhook, WebhookSecrets } from "../../domain/accounts/account.ts";
import { confirms } from "../../domain/reports/confirmation.ts";
import { webhookHeaders } from "../../domain/reports/webhook-headers.ts";
import type { WebhookAnswer, Webhooks } from "./webhooks.ts";

export type WebhookTest = { readonly answer: WebhookAnswer; readonly confirmed: boolean };

/**
 * Calls a webhook as a report does, with the same signature and address checks, but without messages. A server can
 * answer as usual, and has nothing to store.
 * @param id unlike that of any report batch.
 */
export async function testWebhook(
	{ webhooks, now }: { readonly webhooks: Webhooks; readonly now: Clock },
	webhook: Webhook & WebhookSecrets,
	id: string,
): Promise<WebhookTest> {
	const body = JSON.stringify({ delivery_report: [] });
	const answer = await webhooks.post(webhook.url, webhookHeaders(webhook, { id, now: now(), body }), body);
	const confirmed = answer.kind === "answered" && confirms(webhook.ack, answer.status, answer.body);
	return { answer, confirmed };
}
