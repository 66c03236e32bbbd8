import type { Permissions } from "#infra/permissions.ts";
import type { TableRole } from "#infra/table-roles.ts";
import { keptUntil, lifetimeMaxMs, receiptsAfterExpiryMs } from "#shared/domain/message/retention.ts";
import { reportBatchSize } from "#shared/domain/reports/report-batches.ts";
import { sendJobSize } from "#shared/domain/send/send-jobs.ts";

const dayMs = 24 * 60 * 60_000;
const days = (ms: number) => `${ms / dayMs} days`;

const keptAfterExpiryMs = keptUntil({ now: 0, retentionMs: 0 }, 0);

/** What each table holds, and until when. Its key, its writers and its readers are read from the code. */
export const tableTexts: Readonly<Record<TableRole, { readonly holds: string; readonly kept: string }>> = {
	messages: {
		holds: "one row for each message: [columns](#columns-of-messages)",
		kept: `\`retentionDays\`, or ${days(keptAfterExpiryMs)} after the expiry if that is later`,
	},
	batches: {
		holds: "one row for each batch: [columns](#columns-of-batches)",
		kept: "as long as the last of its messages",
	},
	submissions: {
		holds: "which segment an SMSC's id stands for: [rows](#rows-of-submissions)",
		kept: `${days(receiptsAfterExpiryMs)} after the expiry; rows of repeats ${days(lifetimeMaxMs + receiptsAfterExpiryMs)}`,
	},
	slots: {
		holds: "what is due at each quarter of an hour: [rows](#rows-of-slots)",
		kept: "until the due check deletes it, at most 14 days after the slot",
	},
	reports: {
		holds:
			"which messages of a report batch the client has confirmed, and how it did the last time; of those, which an SMPP client refused for good (`refused_ids`); `attempts#<report batch>`: its failed attempts, an attribute for each number of tries; `circuit#<account>`: a webhook's circuit breaker",
		kept: "as long as the message may be; of a circuit breaker a day after its pause",
	},
	accounts: { holds: "senders, webhook, limits, SMPP settings", kept: "for good" },
	credentials: { holds: "password hashes, with when each was set", kept: "for good" },
	"webhook-secrets": { holds: "Basic passwords of webhooks, and the secrets that sign reports", kept: "for good" },
	numbers: { holds: "ported and blocked numbers", kept: "for good" },
	limits: {
		holds: "what an account has used of a second's requests or a day's messages",
		kept: "an hour after the second or the day",
	},
	leases: {
		holds: "which task holds which bind or session; which operators are paused: [rows](#rows-of-leases)",
		kept: "a day after the lease ends; a pause until it is lifted",
	},
	incoming: {
		holds: "subscribers' messages (MO) and their parts: [rows](#rows-of-incoming)",
		kept: "parts 14 days after the last change, messages as in `messages`",
	},
	counts: {
		holds: "what happened to an account's messages in an hour: [attributes](#attributes-of-counts)",
		kept: "`countsRetentionDays` after the hour",
	},
	"short-codes": {
		holds: "the account of each short code: `keyword:<word>` for one keyword, `keyword:` for all others",
		kept: "for good",
	},
};

export type QueueText = {
	/** As in the template; `lanes` are sixteen. */
	readonly name: string;
	readonly title: string;
	/** As permissions name it. */
	readonly role: keyof Permissions["queues"];
	readonly entry: string;
	/** What else makes an entry a dead letter. */
	readonly alsoDead: string;
};

export const queueTexts: readonly QueueText[] = [
	{
		name: "lanes",
		title: "`lane-<operator>-<priority>` (16)",
		role: "lanes",
		entry: `a send job: up to ${sendJobSize} message ids of one account, and its [\`kind\`](#kinds-of-lane-entries)`,
		alsoDead: "",
	},
	{
		name: "receipts",
		title: "`receipts`",
		role: "receipts",
		entry: "a batch of receipts, as they came",
		alsoDead: ", or no submission found in time",
	},
	{
		name: "reports",
		title: "`reports`",
		role: "reports",
		entry: `a report batch: up to ${reportBatchSize} message ids to report`,
		alsoDead: ", a 410, or a day without confirmation",
	},
	{
		name: "due-shards",
		title: "`due-shards`",
		role: "dueShards",
		entry: "one shard of a slot, to check",
		alsoDead: "",
	},
	{
		name: "incoming",
		title: "`incoming`",
		role: "incoming",
		entry: "parts of subscribers' messages that came together; a check of a message that waits for parts",
		alsoDead: ", or a short code that belongs to no account",
	},
];
