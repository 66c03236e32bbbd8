import type { Account, Credential, Sender, Webhook, WebhookSecrets } from "#shared/domain/accounts/account.ts";
import { validAt } from "#shared/domain/accounts/passwords.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { maskedUrl } from "./masked-url.ts";

/** An account without its secrets, which are only counted. */
export function accountView(
	account: Account,
	credentials: readonly Credential[],
	secrets: WebhookSecrets,
	now: number,
) {
	const { webhook, smpp } = account;
	return {
		account: account.userName,
		state: stateOf(account),
		passwords: validAt(credentials, now).map(({ until }) =>
			until === undefined ? "until retired" : `until ${almatyText(until)}`,
		),
		passwords_set: validAt(credentials, now).map(({ since }) => (since === undefined ? "unknown" : almatyText(since))),
		default_time_bounds: account.defaultTimeBounds,
		duplicates: account.duplicates,
		final_texts: account.finalTexts ?? "as the stage",
		limits: limitsView(account),
		senders: account.senders.map(senderView),
		webhook: webhook && webhookView(webhook, secrets),
		smpp: smpp && {
			binds: smpp.bindsMax,
			window: smpp.windowMax,
			networks: smpp.networks ?? "any",
			reports: smpp.reportsQueueUrl === null ? "webhook" : smpp.reportsBy,
			reports_queue_url: smpp.reportsQueueUrl,
		},
	};
}

export function limitsView({ limits, hourlyLimits }: Account) {
	return {
		requests_per_second: limits.requestsPerSecond,
		messages_per_day: limits.messagesPerDay,
		messages_per_hour: hourlyLimits.messages,
		messages_per_recipient_hour: hourlyLimits.perRecipient,
		messages_per_number_block_hour: hourlyLimits.perNumberBlock,
	};
}

export const stateOf = ({ disabled }: Account) => (disabled ? "disabled" : "enabled");

export function senderView({ name, defaultTimeBounds, allowedTimeBounds }: Sender) {
	return {
		sender: name,
		default_time_bounds: defaultTimeBounds,
		allowed_time_bounds: allowedTimeBounds?.join(" ") ?? "any",
	};
}

export function webhookView({ url, ack, reports }: Webhook, { basic, secrets }: WebhookSecrets) {
	return { url: maskedUrl(url), basic_user: basic?.user ?? null, ack, reports, secrets: secrets.length };
}
