import * as z from "zod";
import type { Account } from "../domain/account.ts";
import { type TimeBounds, timeBoundsNames } from "../domain/time-bounds.ts";
import { jsonText } from "./json-text.ts";

const timeBoundsName = z.enum(timeBoundsNames as readonly [TimeBounds, ...TimeBounds[]]);

/** As the Accounts table and the operator's files write them. */
const account = z.object({
	user_name: z.string().min(1).max(64),
	senders: z.array(
		z.object({
			name: z.string().min(1).max(21),
			default_time_bounds: timeBoundsName.optional(),
			allowed_time_bounds: z.array(timeBoundsName).optional(),
		}),
	),
	default_time_bounds: timeBoundsName.default("def"),
	webhook: z
		.object({
			url: z.url({ protocol: /^https?$/ }),
			basic: z.object({ user: z.string(), password: z.string() }).optional(),
			ack: z.enum(["document", "any2xx"]).default("document"),
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
		webhook: written.webhook ? { ...written.webhook, basic: written.webhook.basic ?? null } : null,
	}),
);
