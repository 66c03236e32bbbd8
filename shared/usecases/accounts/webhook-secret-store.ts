import type { WebhookSecrets } from "../../domain/accounts/account.ts";

/** Reads what authenticates POSTs to an account's webhook. */
export type WebhookSecretStore = { find(userName: string): Promise<WebhookSecrets> };

/** Webhook secrets, for the command line. */
export type WebhookSecretRepository = WebhookSecretStore & {
	/** Like `AccountRepository.change`. An account without secrets begins with none. */
	change(userName: string, change: (secrets: WebhookSecrets) => WebhookSecrets): Promise<WebhookSecrets>;
};
