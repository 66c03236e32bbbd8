import * as z from "zod";
import { type Account, userNameMax } from "../domain/account.ts";
import { type TimeBounds, timeBoundsNames } from "../domain/time-bounds.ts";
import { secretPrefix } from "../domain/webhook-signature.ts";
import { jsonText } from "./json-text.ts";

const timeBoundsName = z.enum(timeBoundsNames as readonly [TimeBounds, ...TimeBounds[]]);

/** As Standard Webhooks write them (A42): 24 to 64 octets in base64. */
const webhookSecret = z
	.string()
	.startsWith(secretPrefix)
	.refine((text) => {
		const key = text.slice(secretPrefix.length);
		const octets = Buffer.from(key, "base64");
		return octets.length >= 24 && octets.length <= 64 && octets.toString("base64") === key;
	}, "must be whsec_ and 24 to 64 octets in base64");

/** As the Accounts table and the operator's files write them. */
const account = z.object({
	user_name: z.string().min(1).max(userNameMax),
	senders: z.array(
		z.object({
			name: z.string().min(1).max(21),
			default_time_bounds: timeBoundsName.optional(),
			allowed_time_bounds: z.array(timeBoundsName).optional(),
		}),
	),
	default_time_bounds: timeBoundsName.default("def"),
	limits: z
		.object({ requests_per_second: z.int().min(1).optional(), messages_per_day: z.int().min(1).optional() })
		.optional(),
	duplicates: z.enum(["refuse", "replay"]).default("refuse"),
	webhook: z
		.object({
			url: z.url({ protocol: /^https?$/ }),
			basic: z.object({ user: z.string(), password: z.string() }).optional(),
			ack: z.enum(["document", "any2xx"]).default("document"),
			reports: z.enum(["final", "all"]).default("final"),
			secrets: z.array(webhookSecret).max(2).default([]),
		})
		.optional(),
	smpp: z
		.object({
			binds: z.int().min(1).max(64).default(4),
			window: z.int().min(1).max(1_000).default(50),
			networks: z
				.array(z.union([z.cidrv4(), z.cidrv6()]))
				.min(1)
				.optional(),
			reports_queue_url: z.url().optional(),
		})
		.optional(),
});
export type AccountDocument = z.input<typeof account>;

/** An account's JSON text, as an account. */
export const accountText = jsonText.pipe(account).transform(
	(written): Account => ({
		userName: written.user_name,
		senders: written.senders.map((sender) => ({
			name: sender.name,
			defaultTimeBounds: sender.default_time_bounds ?? null,
			allowedTimeBounds: sender.allowed_time_bounds ?? null,
		})),
		defaultTimeBounds: written.default_time_bounds,
		limits: {
			requestsPerSecond: written.limits?.requests_per_second ?? null,
			messagesPerDay: written.limits?.messages_per_day ?? null,
		},
		duplicates: written.duplicates,
		webhook: written.webhook ? { ...written.webhook, basic: written.webhook.basic ?? null } : null,
		smpp: written.smpp
			? {
					bindsMax: written.smpp.binds,
					windowMax: written.smpp.window,
					networks: written.smpp.networks ?? null,
					reportsQueueUrl: written.smpp.reports_queue_url ?? null,
				}
			: null,
	}),
);
