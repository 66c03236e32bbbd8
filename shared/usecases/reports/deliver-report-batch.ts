import type { Clock } from "../../clock.ts";
import type { Webhook, WebhookSecrets } from "../../domain/accounts/account.ts";
import { countOfReport } from "../../domain/counts/message-counts.ts";
import { errorSummary } from "../../domain/faults.ts";
import { incomingReport } from "../../domain/incoming/incoming-message.ts";
import { latencyObjectives } from "../../domain/latency-objectives.ts";
import type { Message } from "../../domain/message/message.ts";
import { priorityNames } from "../../domain/message/priorities.ts";
import { retentionMaxMs } from "../../domain/message/retention.ts";
import type { CallEnd } from "../../domain/reports/circuit-breaker.ts";
import { confirms } from "../../domain/reports/confirmation.ts";
import { deliveryReport } from "../../domain/reports/delivery-report.ts";
import { answerText, type ConfirmingAnswer } from "../../domain/reports/report-attempts.ts";
import type { QueuedReportBatch, ReportBatch } from "../../domain/reports/report-batches.ts";
import { retryAfterSeconds, retryDelaySeconds } from "../../domain/reports/report-retries.ts";
import { webhookHeaders } from "../../domain/reports/webhook-headers.ts";
import { jittered } from "../../domain/time/back-off.ts";
import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics.ts";
import type { AccountStore } from "../accounts/account-store.ts";
import type { WebhookSecretStore } from "../accounts/webhook-secret-store.ts";
import type { Counter } from "../counts/counter.ts";
import type { AccountQueues } from "./account-queues.ts";
import { type ReadUnreportedDeps, readUnreported, type Unreported } from "./read-unreported.ts";
import type { ReportAttemptStore } from "./report-attempt-store.ts";
import type { ReportBatchStore } from "./report-batch-store.ts";
import type { CallDenial, WebhookBreakers } from "./webhook-breakers.ts";
import type { WebhookAnswer, Webhooks } from "./webhooks.ts";

export type DeliverDeps = ReadUnreportedDeps & {
	readonly reportBatches: ReportBatchStore;
	readonly reportAttempts: Pick<ReportAttemptStore, "failed">;
	readonly accounts: AccountStore;
	readonly webhookSecrets: WebhookSecretStore;
	readonly webhooks: Webhooks;
	readonly accountQueues: AccountQueues;
	readonly breakers: WebhookBreakers;
	readonly now: Clock;
	/** From 0 to 1. */
	readonly chance: () => number;
	/** How long messages and the confirmations of their reports are kept. */
	readonly retentionMs: number;
	readonly log: Log;
	readonly metrics: Metrics;
	readonly counter: Counter;
};

type AttemptOutcome =
	/** Confirmed, moved to the account's queue for SMPP, or nothing is left to report. */
	| { readonly kind: "done" }
	/** To be tried again. `tries`: the tries so far. */
	| { readonly kind: "later"; readonly seconds: number; readonly tries: number }
	/** Tried for a day, refused for good (410), or MO messages of an account without a webhook. */
	| { readonly kind: "dead" };

/** `left`: what is left for the webhook, if a part went by SMPP. */
export type DeliveryOutcome = AttemptOutcome & { readonly left?: QueuedReportBatch };

const done = { kind: "done" } as const;
const goneStatus = 410;
const busyStatuses: readonly number[] = [429, 503];

/**
 * The delay of a call that the breaker denies. While another call probes the webhook: longer than a probe, shorter than
 * the pause after a failed one.
 */
const denialDelaySeconds = { probing: 15, crowded: 5 } as const;

/** So long after the status of its messages, each denied call counts as a try. */
const freeRetriesMs = 24 * 60 * 60_000;

type ReportPayload = {
	readonly body: string;
	readonly messageIds: readonly number[];
	/** Of final statuses. */
	readonly ended: readonly Message[];
	/** The time of the latest status, or of the latest MO message. */
	readonly since: number;
	/** False: some messages cannot be read now. The report batch is tried again for them, until it is a dead letter. */
	readonly isComplete: boolean;
};

/**
 * Reports messages to their client in one POST (R36, R40). After a crash or a lost answer it may be sent twice, and in
 * any order (A42), always with the same `webhook-id`. An account with a queue for SMPP gets there what it wants by SMPP.
 * A call that an open breaker denies counts as a try, so every report batch ends after a day (A40). On the first day, a call that
 * is denied because of other calls does not count.
 * @param reportBatch its `tries` include this one.
 */
export async function deliverReportBatch(deps: DeliverDeps, reportBatch: QueuedReportBatch): Promise<DeliveryOutcome> {
	const { userName, incoming } = reportBatch;
	const account = await deps.accounts.find(userName);
	const queueUrl = account?.smpp?.reportsQueueUrl;
	const webhook = account?.webhook ?? null;
	if (queueUrl && (webhook === null || account?.smpp?.reportsBy === "smpp")) {
		await deps.accountQueues.send(queueUrl, [{ ...reportBatch, tries: 0 }]);
		return done;
	}
	if (webhook === null) return incoming ? { kind: "dead" } : await withoutWebhook(deps, reportBatch);
	const unreported = (await readUnreported(deps, [reportBatch])).flat();
	const bySmpp = queueUrl ? unreported.filter(isBySmpp).map(idOf) : [];
	if (!queueUrl || bySmpp.length === 0) return await postToWebhook(deps, webhook, reportBatch, unreported);
	await deps.accountQueues.send(queueUrl, [{ ...reportBatch, messageIds: bySmpp, tries: 0 }]);
	const left = { ...reportBatch, messageIds: reportBatch.messageIds.filter((id) => !bySmpp.includes(id)) };
	const forWebhook = unreported.filter((one) => !bySmpp.includes(idOf(one)));
	return { ...(await postToWebhook(deps, webhook, left, forWebhook)), left };
}

async function withoutWebhook(deps: DeliverDeps, reportBatch: QueuedReportBatch): Promise<AttemptOutcome> {
	await noteFailure(deps, reportBatch, "the account has no webhook", { kind: "dead" });
	return done;
}

const idOf = (one: Unreported) => (one.kind === "unreadable" ? one.messageId : one.message.messageId);

/** Messages by SMPP have no id of their client's and no batch. A refused one of a batch by REST may have no id either. */
const isBySmpp = (one: Unreported) =>
	one.kind === "report" && one.message.clientMessageId === null && one.message.batchId === null;

async function postToWebhook(
	deps: DeliverDeps,
	settings: Webhook,
	reportBatch: QueuedReportBatch,
	unreported: readonly Unreported[],
): Promise<AttemptOutcome> {
	const payload = payloadOf(unreported);
	const outcome = payload.isComplete ? done : retryOrGiveUp(deps, reportBatch);
	if (payload.messageIds.length === 0) return outcome;
	const { breakers, webhookSecrets } = deps;
	const webhook = { ...settings, ...(await webhookSecrets.find(reportBatch.userName)) };
	const admission = await breakers.admit(reportBatch.userName);
	if (typeof admission === "string") return await afterDenial(deps, reportBatch, payload, admission);
	if (reportBatch.tries === 1) countFirstAttempt(deps, payload);
	const answer = await post(deps, reportBatch, webhook, payload);
	const end = endOf(webhook, answer, deps.now());
	await admission.callEnded(end);
	if (end.kind !== "confirmed") return await afterFailure(deps, reportBatch, answer, { end, since: payload.since });
	const how = { answer: answerOf(answer), tries: reportBatch.tries };
	await confirm(deps, { ...reportBatch, messageIds: payload.messageIds }, payload, how);
	return outcome;
}

async function confirm(
	{ reportBatches, counter, log, now, retentionMs }: DeliverDeps,
	reportBatch: ReportBatch,
	{ since, ended }: ReportPayload,
	how: ConfirmingAnswer,
): Promise<void> {
	const { reportBatchId, userName, messageIds } = reportBatch;
	await reportBatches.confirm(reportBatch, now(), now() + retentionMaxMs(retentionMs), how);
	counter.add(ended.map((message) => countOfReport(message, reportBatchId)));
	log.info("report.confirmed", {
		report_batch: reportBatchId,
		user_name: userName,
		message_ids: messageIds,
		lag_ms: now() - since,
	});
}

function countFirstAttempt({ metrics, now }: DeliverDeps, { ended }: ReportPayload): void {
	for (const { priority, statusAt } of ended) {
		const name = priorityNames[priority];
		const inTime = now() - statusAt <= latencyObjectives.report[name].withinMs;
		metrics.count(inTime ? "ReportsInTime" : "ReportsLate", 1, name);
	}
}

function payloadOf(unreported: readonly Unreported[]): ReportPayload {
	const incoming = unreported.flatMap((one) => (one.kind === "incoming" ? one.message : []));
	const reports = unreported.flatMap((one) => (one.kind === "report" ? one : []));
	const messageIds = [...incoming, ...reports.map(({ message }) => message)].map(({ messageId }) => messageId);
	return {
		body: JSON.stringify(
			incoming.length > 0
				? { incoming_report: incoming.map(incomingReport) }
				: { delivery_report: reports.map(({ message, interim }) => deliveryReport(message, interim)) },
		),
		messageIds,
		ended: reports.filter(({ interim }) => interim === undefined).map(({ message }) => message),
		since: Math.max(...incoming.map(({ receivedAt }) => receivedAt), ...reports.map(({ message }) => message.statusAt)),
		isComplete: messageIds.length === unreported.length,
	};
}

async function afterDenial(
	deps: DeliverDeps,
	reportBatch: QueuedReportBatch,
	{ since }: ReportPayload,
	denial: CallDenial,
): Promise<AttemptOutcome> {
	const { now, chance, metrics } = deps;
	const age = now() - since;
	/* A server that fails is tried twice a minute: the reports that wait for it show how many and how old they are. */
	metrics.measure("UnreportedAge", age);
	if (denial === "open") metrics.count("ReportsUnconfirmed", 1);
	const isFresh = age < freeRetriesMs;
	if (denial === "open" || !isFresh) {
		const outcome = retryOrGiveUp(deps, reportBatch);
		if (outcome.kind === "dead") await noteFailure(deps, reportBatch, "not called, because it fails", outcome);
		return outcome;
	}
	return {
		kind: "later",
		seconds: Math.round(jittered(denialDelaySeconds[denial], chance())),
		tries: reportBatch.tries - 1,
	};
}

async function post(
	{ webhooks, now }: DeliverDeps,
	{ reportBatchId }: ReportBatch,
	webhook: Webhook & WebhookSecrets,
	{ body }: ReportPayload,
): Promise<WebhookAnswer> {
	return await webhooks.post(webhook.url, webhookHeaders(webhook, { id: reportBatchId, now: now(), body }), body);
}

function endOf({ ack }: Webhook, answer: WebhookAnswer, now: number): CallEnd {
	if (answer.kind === "failed") return { kind: "failed" };
	const { status, body, retryAfter } = answer;
	if (confirms(ack, status, body)) return { kind: "confirmed" };
	if (status === goneStatus) return { kind: "gone" };
	const seconds = busyStatuses.includes(status) ? retryAfterSeconds(retryAfter, now) : null;
	return seconds === null ? { kind: "failed" } : { kind: "busy", askedMs: seconds * 1_000 };
}

const answerOf = (answer: WebhookAnswer) => (answer.kind === "answered" ? `status ${answer.status}` : answer.reason);

async function afterFailure(
	deps: DeliverDeps,
	reportBatch: QueuedReportBatch,
	answer: WebhookAnswer,
	{ end, since }: { readonly end: CallEnd; readonly since: number },
): Promise<AttemptOutcome> {
	const { reportBatchId, userName, tries } = reportBatch;
	const why = answerOf(answer);
	const age = deps.now() - since;
	deps.log.warn("report.unconfirmed", { report_batch: reportBatchId, user_name: userName, tries, why, age_ms: age });
	if (end.kind === "gone") deps.log.error("webhook.gone", { user_name: userName, report_batch: reportBatchId });
	const outcome = outcomeAfter(deps, reportBatch, end);
	await noteFailure(deps, reportBatch, why, outcome);
	return outcome;
}

function outcomeAfter(deps: DeliverDeps, reportBatch: QueuedReportBatch, end: CallEnd): AttemptOutcome {
	if (end.kind === "gone") return { kind: "dead" };
	return retryOrGiveUp(deps, reportBatch, end.kind === "busy" ? end.askedMs / 1_000 : 0);
}

/** For people who look for the report. A failure to write it changes nothing. */
async function noteFailure(
	{ reportAttempts, now, retentionMs, log }: DeliverDeps,
	{ reportBatchId, tries }: QueuedReportBatch,
	answer: string,
	outcome: AttemptOutcome,
): Promise<void> {
	const at = now();
	const nextAt = outcome.kind === "later" ? at + outcome.seconds * 1_000 : null;
	const attempt = { tries, at, answer: answerText(answer), nextAt };
	try {
		await reportAttempts.failed(reportBatchId, attempt, at + retentionMaxMs(retentionMs));
	} catch (err) {
		log.warn("report.attempt_unrecorded", { report_batch: reportBatchId, err: errorSummary(err) });
	}
}

/** @param atLeastSeconds the Retry-After of a busy server. */
function retryOrGiveUp({ chance }: DeliverDeps, { tries }: QueuedReportBatch, atLeastSeconds = 0): AttemptOutcome {
	const seconds = retryDelaySeconds(tries, chance());
	return seconds === null ? { kind: "dead" } : { kind: "later", seconds: Math.max(seconds, atLeastSeconds), tries };
}
