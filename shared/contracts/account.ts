import * as z from "zod";
import { type Account, userNameMax, type WebhookSecrets } from "../domain/accounts/account.ts";
import { finalTexts } from "../domain/message/final-text.ts";
import { secretPrefix } from "../domain/reports/webhook-signature.ts";
import { type TimeBounds, timeBoundsNames } from "../domain/time/time-bounds.ts";
import { jsonText } from "./json-text.ts";

const timeBoundsName = z.enum(timeBoundsNames as readonly [TimeBounds, ...TimeBounds[]]);

/** In the form of Standard Webhooks (A42). */
const webhookSecret = z
	.string()
	.startsWith(secretPrefix)
	.refine((text) => {
		const key = text.slice(secretPrefix.length);
		const octets = Buffer.from(key, "base64");
		return octets.length >= 24 && octets.length <= 64 && octets.toString("base64") === key;
	}, "must be whsec_ and 24 to 64 octets in base64");

export const accountFields = {
	userName: z.string().min(1).max(userNameMax),
	senderName: z.string().min(1).max(21),
	timeBounds: timeBoundsName,
	limit: z.int().min(1),
	duplicates: z.enum(["refuse", "replay"]),
	finalTexts: z.enum(finalTexts),
	webhookUrl: z.url({ protocol: /^https?$/ }),
	ack: z.enum(["document", "any2xx"]),
	reports: z.enum(["final", "all"]),
	binds: z.int().min(1).max(64),
	window: z.int().min(1).max(1_000),
	network: z.union([z.cidrv4(), z.cidrv6()]),
} as const;
const fields = accountFields;

/** An account in the Accounts table and in the files that `smsgw` reads. */
const account = z.object({
	user_name: fields.userName,
	disabled: z.boolean().default(false),
	senders: z.array(
		z.object({
			name: fields.senderName,
			default_time_bounds: timeBoundsName.optional(),
			allowed_time_bounds: z.array(timeBoundsName).optional(),
		}),
	),
	default_time_bounds: timeBoundsName.default("def"),
	limits: z
		.object({
			requests_per_second: fields.limit.optional(),
			messages_per_day: fields.limit.optional(),
			messages_per_hour: fields.limit.optional(),
			messages_per_recipient_hour: fields.limit.optional(),
			messages_per_number_block_hour: fields.limit.optional(),
		})
		.optional(),
	duplicates: fields.duplicates.default("refuse"),
	final_texts: fields.finalTexts.optional(),
	webhook: z
		.object({
			url: fields.webhookUrl,
			ack: fields.ack.default("document"),
			reports: fields.reports.default("final"),
		})
		.optional(),
	smpp: z
		.object({
			binds: fields.binds.default(4),
			window: fields.window.default(50),
			networks: z.array(fields.network).min(1).optional(),
			reports_queue_url: z.url().optional(),
			reports_by: z.enum(["smpp", "channel"]).default("smpp"),
		})
		.optional(),
});
export type AccountDocument = z.input<typeof account>;

export const accountJson = jsonText.pipe(account).transform(
	(document): Account => ({
		userName: document.user_name,
		disabled: document.disabled,
		senders: document.senders.map((sender) => ({
			name: sender.name,
			defaultTimeBounds: sender.default_time_bounds ?? null,
			allowedTimeBounds: sender.allowed_time_bounds ?? null,
		})),
		defaultTimeBounds: document.default_time_bounds,
		limits: {
			requestsPerSecond: document.limits?.requests_per_second ?? null,
			messagesPerDay: document.limits?.messages_per_day ?? null,
		},
		hourlyLimits: {
			messages: document.limits?.messages_per_hour ?? null,
			perRecipient: document.limits?.messages_per_recipient_hour ?? null,
			perNumberBlock: document.limits?.messages_per_number_block_hour ?? null,
		},
		duplicates: document.duplicates,
		finalTexts: document.final_texts ?? null,
		webhook: document.webhook
			? { url: document.webhook.url, ack: document.webhook.ack, reports: document.webhook.reports }
			: null,
		smpp: document.smpp
			? {
					bindsMax: document.smpp.binds,
					windowMax: document.smpp.window,
					networks: document.smpp.networks ?? null,
					reportsQueueUrl: document.smpp.reports_queue_url ?? null,
					reportsBy: document.smpp.reports_by,
				}
			: null,
	}),
);

export function accountToJson(account: Account): string {
	const { limits, hourlyLimits, webhook, smpp } = account;
	const document: AccountDocument = {
		user_name: account.userName,
		disabled: account.disabled,
		senders: account.senders.map(({ name, defaultTimeBounds, allowedTimeBounds }) => ({
			name,
			default_time_bounds: defaultTimeBounds ?? undefined,
			allowed_time_bounds: allowedTimeBounds === null ? undefined : [...allowedTimeBounds],
		})),
		default_time_bounds: account.defaultTimeBounds,
		limits: {
			requests_per_second: limits.requestsPerSecond ?? undefined,
			messages_per_day: limits.messagesPerDay ?? undefined,
			messages_per_hour: hourlyLimits.messages ?? undefined,
			messages_per_recipient_hour: hourlyLimits.perRecipient ?? undefined,
			messages_per_number_block_hour: hourlyLimits.perNumberBlock ?? undefined,
		},
		duplicates: account.duplicates,
		final_texts: account.finalTexts ?? undefined,
		webhook: webhook ?? undefined,
		smpp:
			smpp === null
				? undefined
				: {
						binds: smpp.bindsMax,
						window: smpp.windowMax,
						networks: smpp.networks === null ? undefined : [...smpp.networks],
						reports_queue_url: smpp.reportsQueueUrl ?? undefined,
						reports_by: smpp.reportsBy,
					},
	};
	return JSON.stringify(document);
}

const webhookSecrets = z.object({
	basic: z.object({ user: z.string(), password: z.string() }).nullable().default(null),
	secrets: z.array(webhookSecret).max(2).default([]),
});
export type WebhookSecretsDocument = z.input<typeof webhookSecrets>;

/** Secrets of a webhook in their own table. */
export const webhookSecretsJson = jsonText.pipe(webhookSecrets) satisfies z.ZodType<WebhookSecrets>;

/** Secrets in an account that release 0.1.0 wrote. */
export const secretsInAccountJson = jsonText
	.pipe(z.object({ webhook: webhookSecrets.prefault({}) }))
	.transform(({ webhook }): WebhookSecrets => webhook);

export function webhookSecretsToJson({ basic, secrets }: WebhookSecrets): string {
	return JSON.stringify({ basic: basic, secrets: [...secrets] } satisfies WebhookSecretsDocument);
}
