/** What a client's server answered, as far as it was read. */
export type WebhookAnswer =
	| { readonly kind: "answered"; readonly status: number; readonly body: string; readonly retryAfter: string | null }
	/** It refused the connection, took too long, or is an address that may not be called. */
	| { readonly kind: "failed"; readonly reason: string };

export type Webhooks = {
	post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<WebhookAnswer>;
};
