/** The answer of a client's server. The body may be cut. */
export type WebhookAnswer =
	| { readonly kind: "answered"; readonly status: number; readonly body: string; readonly retryAfter: string | null }
	/** No connection, no answer in time, or a forbidden address. */
	| { readonly kind: "failed"; readonly reason: string };

/** Calls webhooks. Every call has a time limit; a failure is an answer, and the server may have got the POST. */
export type Webhooks = {
	post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<WebhookAnswer>;
};
