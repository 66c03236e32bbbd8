import type { Clock } from "../../clock.ts";
import type { Webhook } from "../../domain/accounts/account.ts";
import { incomingReport } from "../../domain/incoming/incoming-message.ts";
import { retentionMaxMs } from "../../domain/message/retention.ts";
import type { CallEnd } from "../../domain/reports/circuit-breaker.ts";
import { confirms } from "../../domain/reports/confirmation.ts";
import { deliveryReport } from "../../domain/reports/delivery-report.ts";
import type { QueuedReportBatch, ReportBatch } from "../../domain/reports/report-batches.ts";
import { retryAfterSeconds, retryDelaySeconds } from "../../domain/reports/report-retries.ts";
import { webhookHeaders } from "../../domain/reports/webhook-headers.ts";
import { jittered } from "../../flow/back-off.ts";
import type { Log } from "../../log.ts";
import type { AccountStore } from "../accounts/account-store.ts";
import type { IncomingStore } from "../incoming/incoming-store.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { AccountQueues } from "./account-queues.ts";
import type { ReportBatchStore } from "./report-batch-store.ts";
import type { CallDenial, WebhookBreakers } from "./webhook-breakers.ts";
import type { WebhookAnswer, Webhooks } from "./webhooks.ts";

export type DeliverDeps = {
	readonly messages: Pick<MessageStore, "readEach">;
	readonly incoming: Pick<IncomingStore, "readEach">;
	readonly reportBatches: ReportBatchStore;
	readonly accounts: AccountStore;
	readonly webhooks: Webhooks;
	/** Where the report batches of those wait that are told by SMPP. */
	readonly accountQueues: AccountQueues;
	readonly breakers: WebhookBreakers;
	readonly now: Clock;
	/** From 0 to 1. */
	readonly chance: () => number;
	/** How long messages are kept, and with them what is known of their reports. */
	readonly retentionMs: number;
	readonly log: Log;
};

export type DeliveryOutcome =
	/** Confirmed, now or before; handed over to whoever tells by SMPP; or there is nobody to tell. */
	| { readonly kind: "done" }
	/** To be taken up again, and how many tries it will have behind it then. */
	| { readonly kind: "later"; readonly seconds: number; readonly tries: number }
	/** Tried for a day, or told never to come again (410); or a subscriber's message for a client that has no webhook yet. */
	| { readonly kind: "dead" };

const done: DeliveryOutcome = { kind: "done" };
const gone = 410;
const busy: readonly number[] = [429, 503];

/**
 * How long to stay away where others find out what a server is worth. Longer than the rest of a probe and shorter than the pause after
 * one that failed, so that whoever waits for it hears how it ended.
 */
const denialDelaySeconds = { probing: 15, crowded: 5 } as const;

/** So long after its messages ended, a report batch's turns count as tries even where others are finding out. */
const freeRetriesMs = 24 * 60 * 60_000;

/** What a report batch tells: the POST's body, of how many messages it is, and since when the latest of it has been so. */
type ReportPayload = {
	readonly body: string;
	readonly messages: number;
	readonly since: number;
	/** Those that cannot be told of now: the report batch comes again for them, until it is a dead letter. */
	readonly unreadable: ReadonlySet<number>;
};

/**
 * Tells a client of the ends of its messages, or of messages to it, in one POST (R36, R40). It may be told twice, after a crash or an answer
 * that got lost, and in any order (A42); `webhook-id` is the same each time. A turn counts as a try also where the account's server is being
 * left alone, so that every report batch ends after a day (A40); not, on the first day, where others are finding out whether it answers.
 * @param report batch with the tries that it has behind it, this one included.
 */
export async function deliverReportBatch(deps: DeliverDeps, reportBatch: QueuedReportBatch): Promise<DeliveryOutcome> {
	const { accounts, accountQueues, breakers } = deps;
	const account = await accounts.find(reportBatch.userName);
	const queueUrl = account?.smpp?.reportsQueueUrl;
	if (queueUrl) {
		await accountQueues.send(queueUrl, [{ ...reportBatch, tries: 0 }]);
		return done;
	}
	if (!account?.webhook) return reportBatch.incoming ? { kind: "dead" } : done;
	const messageIds = await unconfirmedOf(deps, reportBatch);
	if (messageIds.length === 0) return done;
	const payload = await payloadOf(deps, { ...reportBatch, messageIds });
	const outcome = payload.unreadable.size === 0 ? done : retryOrGiveUp(deps, reportBatch);
	if (payload.messages === 0) return outcome;
	const permit = await breakers.admit(reportBatch.userName);
	if (typeof permit === "string") return afterDenial(deps, reportBatch, payload, permit);
	const answer = await post(deps, reportBatch, account.webhook, payload);
	const end = endOf(account.webhook, answer, deps.now());
	await permit.callEnded(end);
	if (end.kind !== "confirmed") return afterFailure(deps, reportBatch, answer, { end, since: payload.since });
	const delivered = messageIds.filter((messageId) => !payload.unreadable.has(messageId));
	await confirm(deps, { ...reportBatch, messageIds: delivered }, payload);
	return outcome;
}

async function confirm(
	{ reportBatches, log, now, retentionMs }: DeliverDeps,
	reportBatch: ReportBatch,
	{ since }: ReportPayload,
): Promise<void> {
	const { reportBatchId, userName, messageIds } = reportBatch;
	await reportBatches.confirm(reportBatch, now(), now() + retentionMaxMs(retentionMs));
	log.info("report.confirmed", {
		report_batch: reportBatchId,
		user_name: userName,
		message_ids: messageIds,
		lag_ms: now() - since,
	});
}

async function payloadOf(
	{ messages, incoming }: DeliverDeps,
	{ messageIds, interim, ...reportBatch }: ReportBatch,
): Promise<ReportPayload> {
	if (reportBatch.incoming) {
		const { rows: found, unreadable } = await incoming.readEach(messageIds);
		const rows = [...found.values()];
		return {
			unreadable,
			body: JSON.stringify({ incoming_report: rows.map(incomingReport) }),
			messages: rows.length,
			since: Math.max(...rows.map(({ receivedAt }) => receivedAt)),
		};
	}
	const { rows: found, unreadable } = await messages.readEach(messageIds);
	const rows = [...found.values()];
	return {
		unreadable,
		body: JSON.stringify({ delivery_report: rows.map((message) => deliveryReport(message, interim)) }),
		messages: rows.length,
		since: Math.max(...rows.map(({ statusAt }) => statusAt)),
	};
}

function afterDenial(
	deps: DeliverDeps,
	reportBatch: QueuedReportBatch,
	{ since }: ReportPayload,
	kept: CallDenial,
): DeliveryOutcome {
	const { now, chance } = deps;
	const isFresh = now() - since < freeRetriesMs;
	if (kept === "open" || !isFresh) return retryOrGiveUp(deps, reportBatch);
	return {
		kind: "later",
		seconds: Math.round(jittered(denialDelaySeconds[kept], chance())),
		tries: reportBatch.tries - 1,
	};
}

async function post(
	{ webhooks, now }: DeliverDeps,
	{ reportBatchId }: ReportBatch,
	webhook: Webhook,
	{ body }: ReportPayload,
): Promise<WebhookAnswer> {
	return await webhooks.post(webhook.url, webhookHeaders(webhook, { id: reportBatchId, now: now(), body }), body);
}

function endOf({ ack }: Webhook, answer: WebhookAnswer, now: number): CallEnd {
	if (answer.kind === "failed") return { kind: "failed" };
	const { status, body, retryAfter } = answer;
	if (confirms(ack, status, body)) return { kind: "confirmed" };
	if (status === gone) return { kind: "gone" };
	const seconds = busy.includes(status) ? retryAfterSeconds(retryAfter, now) : null;
	return seconds === null ? { kind: "failed" } : { kind: "busy", askedMs: seconds * 1_000 };
}

function afterFailure(
	deps: DeliverDeps,
	reportBatch: QueuedReportBatch,
	answer: WebhookAnswer,
	{ end, since }: { readonly end: CallEnd; readonly since: number },
): DeliveryOutcome {
	const { reportBatchId, userName, tries } = reportBatch;
	const why = answer.kind === "answered" ? `status ${answer.status}` : answer.reason;
	const age = deps.now() - since;
	deps.log.warn("report.unconfirmed", { report_batch: reportBatchId, user_name: userName, tries, why, age_ms: age });
	if (end.kind === "gone") {
		deps.log.error("webhook.gone", { user_name: userName, report_batch: reportBatchId });
		return { kind: "dead" };
	}
	return retryOrGiveUp(deps, reportBatch, end.kind === "busy" ? end.askedMs / 1_000 : 0);
}

async function unconfirmedOf(
	{ reportBatches }: DeliverDeps,
	{ reportBatchId, messageIds }: ReportBatch,
): Promise<readonly number[]> {
	const confirmed = (await reportBatches.confirmed([reportBatchId])).get(reportBatchId);
	return messageIds.filter((messageId) => !confirmed?.has(messageId));
}

/** @param atLeastSeconds what a busy server asked for. */
function retryOrGiveUp({ chance }: DeliverDeps, { tries }: QueuedReportBatch, atLeastSeconds = 0): DeliveryOutcome {
	const seconds = retryDelaySeconds(tries, chance());
	return seconds === null ? { kind: "dead" } : { kind: "later", seconds: Math.max(seconds, atLeastSeconds), tries };
}
