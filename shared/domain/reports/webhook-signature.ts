import { createHmac } from "node:crypto";

/** A secret is this prefix and the key in base64. */
export const secretPrefix = "whsec_";

/**
 * The header `webhook-signature` of Standard Webhooks (A42): one signature for each secret, so a client may use either
 * while one replaces the other.
 * @param body exactly as it is sent.
 */
export function webhookSignature(
	secrets: readonly string[],
	{ id, timestamp, body }: { readonly id: string; readonly timestamp: string; readonly body: string },
): string {
	return secrets.map((secret) => `v1,${hmac(secret, `${id}.${timestamp}.${body}`)}`).join(" ");
}

function hmac(secret: string, content: string): string {
	const key = Buffer.from(secret.slice(secretPrefix.length), "base64");
	return createHmac("sha256", key).update(content).digest("base64");
}
