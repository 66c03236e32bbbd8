import type { WebhookSecrets } from "../accounts/account.ts";
import { webhookSignature } from "./webhook-signature.ts";

/**
 * The headers of a POST to a webhook (R36, A42).
 * @param id the same in each try.
 * @param body exactly as it is sent.
 */
export function webhookHeaders(
	{ basic, secrets }: WebhookSecrets,
	{ id, now, body }: { readonly id: string; readonly now: number; readonly body: string },
): Readonly<Record<string, string>> {
	const credentials = basic && Buffer.from(`${basic.user}:${basic.password}`).toString("base64");
	const timestamp = String(Math.floor(now / 1_000));
	return {
		accept: "*/*",
		"accept-encoding": "gzip, deflate",
		"content-type": "application/json",
		/* Web application firewalls refuse requests without it. */
		"user-agent": "SMSGW/2",
		"webhook-id": id,
		"webhook-timestamp": timestamp,
		...(secrets.length > 0 && { "webhook-signature": webhookSignature(secrets, { id, timestamp, body }) }),
		...(credentials && { authorization: `Basic ${credentials}` }),
	};
}
