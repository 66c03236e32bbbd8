import type { Clock } from "#shared/clock.ts";
import type { Batch } from "#shared/domain/accept/batch.ts";
import {
	type Account,
	type Credential,
	noWebhookSecrets,
	type WebhookSecrets,
} from "#shared/domain/accounts/account.ts";
import type { LaneEntryKind } from "#shared/domain/message/lanes.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { smscRef } from "#shared/domain/receipts/smsc-ref.ts";
import type {
	ConfirmedReport,
	ConfirmingAnswer,
	FailedReport,
	RefusedReports,
} from "#shared/domain/reports/report-attempts.ts";
import type { ReportBatch } from "#shared/domain/reports/report-batches.ts";
import type { SlotRow } from "#shared/domain/schedule/slots.ts";
import type { SendJob } from "#shared/domain/send/send-jobs.ts";
import type { Log } from "#shared/log.ts";
import type { BatchStore } from "#shared/usecases/accept/batch-store.ts";
import type { Lanes } from "#shared/usecases/accept/lanes.ts";
import type { AccountStore } from "#shared/usecases/accounts/account-store.ts";
import type { CredentialStore } from "#shared/usecases/accounts/credential-store.ts";
import type { WebhookSecretStore } from "#shared/usecases/accounts/webhook-secret-store.ts";
import type { DeadLetter, DeadLetters } from "#shared/usecases/dead-letters/dead-letters.ts";
import type { QuotaStore } from "#shared/usecases/limits/quota-store.ts";
import { type ReceiptFormStore, type ReceiptForms, receiptForms } from "#shared/usecases/receipts/receipt-forms.ts";
import type { ReceiptBatch, ReceiptQueue } from "#shared/usecases/receipts/receipt-queue.ts";
import type { AccountQueues } from "#shared/usecases/reports/account-queues.ts";
import type { CircuitBreakerStore } from "#shared/usecases/reports/circuit-breaker-store.ts";
import type { DeadReport, DeadReports } from "#shared/usecases/reports/dead-reports.ts";
import type { ReportAttemptStore } from "#shared/usecases/reports/report-attempt-store.ts";
import type { ReportBatchStore } from "#shared/usecases/reports/report-batch-store.ts";
import type { ReportQueue } from "#shared/usecases/reports/report-queue.ts";
import type { DueShard, DueShardQueue } from "#shared/usecases/schedule/due-shard-queue.ts";
import type { SlotAlarms, SlotStore } from "#shared/usecases/schedule/slot-store.ts";
import type { SubmissionStore, SubmittedSegment } from "#shared/usecases/send/submission-store.ts";

export function memoryBatches(now: Clock = Date.now): BatchStore & { readonly rows: Map<number, Batch> } {
	const rows = new Map<number, Batch>();
	return {
		rows,
		async put(batch) {
			rows.set(batch.batchId, batch);
		},
		async replace(known, batch) {
			const row = rows.get(batch.batchId);
			const isAsRead =
				known === null
					? row === undefined || row.keepUntil <= now()
					: row?.attempt === known.attempt && row.state === known.state;
			if (isAsRead) rows.set(batch.batchId, batch);
			return isAsRead || (row?.attempt === batch.attempt && row.state === batch.state);
		},
		async find(batchId) {
			const batch = rows.get(batchId);
			return batch !== undefined && batch.keepUntil > now() ? batch : null;
		},
	};
}

export function memorySubmissions(
	now: Clock = Date.now,
): SubmissionStore & { readonly rows: Map<string, SubmittedSegment> } {
	const rows = new Map<string, SubmittedSegment>();
	const unanswered = new Map<string, readonly number[]>();
	return {
		rows,
		async put(segments) {
			for (const segment of segments) rows.set(segment.ref, segment);
		},
		async find(refs) {
			const found = refs.flatMap((ref) => rows.get(ref) ?? []).filter((row) => row.keepUntil > now());
			return new Map(found.map((row) => [row.ref, row]));
		},
		async putUnanswered(submits) {
			for (const { operator, recipient, messageId } of submits) {
				const name = smscRef(operator, recipient, "");
				unanswered.set(name, [...new Set([...(unanswered.get(name) ?? []), messageId])]);
			}
		},
		async findUnanswered(operator, recipients) {
			return new Map(
				recipients.flatMap((recipient) => {
					const ids = unanswered.get(smscRef(operator, recipient, ""));
					return ids === undefined ? [] : [[recipient, ids] as const];
				}),
			);
		},
	};
}

export function memoryReceiptForms(): ReceiptFormStore & { readonly forms: Map<Operator, Set<string>> } {
	const forms = new Map<Operator, Set<string>>();
	return {
		forms,
		read: async (operator) => new Set(forms.get(operator)),
		add: async (operator, form) => void forms.set(operator, (forms.get(operator) ?? new Set()).add(form)),
		clear: async (operator) => void forms.delete(operator),
	};
}

/** What a process knows of the forms of receipts, when it has learnt these. */
export function learntForms(learnt: Readonly<Partial<Record<Operator, readonly string[]>>> = {}): ReceiptForms {
	const store = memoryReceiptForms();
	for (const [operator, forms] of Object.entries(learnt)) store.forms.set(operator as Operator, new Set(forms));
	return receiptForms(store, () => 0, memoryLog());
}

/** Confirmations of reports, and failed attempts before them. A test may read `rows` and `failures`. */
export function memoryReportBatches(): ReportBatchStore &
	ReportAttemptStore & {
		readonly rows: Map<string, Set<number>>;
		readonly failures: Map<string, readonly FailedReport[]>;
	} {
	const rows = new Map<string, Set<number>>();
	const answers = new Map<string, { readonly at: number } & Partial<ConfirmingAnswer>>();
	const failures = new Map<string, readonly FailedReport[]>();
	const refusals = new Map<string, RefusedReports>();
	const confirmedOf = (id: string): ConfirmedReport | null => {
		const { at = 0, answer = null, tries = null } = answers.get(id) ?? {};
		const messageIds = rows.get(id);
		const refused = refusals.get(id);
		return messageIds === undefined ? null : { at, answer, tries, messageIds, ...(refused && { refused }) };
	};
	return {
		rows,
		failures,
		async confirm({ reportBatchId, messageIds }, at, _, answer) {
			rows.set(reportBatchId, new Set([...(rows.get(reportBatchId) ?? []), ...messageIds]));
			const before = answers.get(reportBatchId);
			if (answer?.isRefused) {
				const known = refusals.get(reportBatchId)?.messageIds ?? [];
				refusals.set(reportBatchId, { answer: answer.answer, messageIds: new Set([...known, ...messageIds]) });
			}
			answers.set(reportBatchId, answer?.isRefused ? { ...before, at } : { ...before, at, ...answer });
		},
		async confirmed(reportBatchIds) {
			return new Map(
				reportBatchIds.flatMap((id) => (rows.has(id) ? [[id, rows.get(id) ?? new Set<number>()] as const] : [])),
			);
		},
		async failed(reportBatchId, attempt) {
			const others = (failures.get(reportBatchId) ?? []).filter(({ tries }) => tries !== attempt.tries);
			const all = [...others, attempt].sort((one, other) => one.tries - other.tries);
			failures.set(reportBatchId, all);
		},
		async of(reportBatchIds) {
			const known = reportBatchIds.filter((id) => failures.has(id) || rows.has(id));
			return new Map(known.map((id) => [id, { failed: failures.get(id) ?? [], confirmed: confirmedOf(id) }]));
		},
	};
}

/** Slots in memory. A test may read `kept`; a row whose `id` is in `unreadable` exists but cannot be read. */
export function memorySlots(): SlotStore & { readonly kept: SlotRow[]; readonly unreadable: Set<string> } {
	const kept: SlotRow[] = [];
	const unreadable = new Set<string>();
	const listed = new Set<number>();
	return {
		kept,
		unreadable,
		async put(more) {
			for (const row of more) {
				listed.add(row.slot);
				const place = kept.findIndex(
					({ id, slot, shard }) => id === row.id && slot === row.slot && shard === row.shard,
				);
				if (place === -1) kept.push(row);
				else kept[place] = row;
			}
		},
		due: async (until) => [...listed].filter((slot) => slot <= until).sort((one, other) => one - other),
		async rows(slot, shard, rowsMax, after = null) {
			const own = kept.filter((row) => row.slot === slot && row.shard === shard && row.id > (after ?? ""));
			const page = own.sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, rowsMax);
			const rows = page.filter(({ id }) => !unreadable.has(id));
			const next = page.length < rowsMax ? null : (page.at(-1)?.id ?? null);
			return { rows, unreadable: page.length - rows.length, next };
		},
		async remove(rows) {
			const gone = new Set(rows.map(({ id }) => id));
			kept.splice(0, kept.length, ...kept.filter(({ id }) => !gone.has(id)));
		},
		async forget(slot) {
			listed.delete(slot);
		},
	};
}

export function memorySlotAlarms(): SlotAlarms & { readonly alarmed: Set<number> } {
	const alarmed = new Set<number>();
	return { alarmed, set: async (slot) => void alarmed.add(slot) };
}

export function memoryDueShards(): DueShardQueue & { readonly sent: DueShard[] } {
	const sent: DueShard[] = [];
	return {
		sent,
		async send(dueShards) {
			sent.push(...dueShards);
		},
	};
}

/** Counters in memory; `calls` counts the requests. */
export function memoryQuotas(): QuotaStore & { readonly used: Map<string, number>; calls: number } {
	const used = new Map<string, number>();
	return {
		used,
		calls: 0,
		async take(counter, wanted, max) {
			this.calls += 1;
			const total = (used.get(counter) ?? 0) + wanted;
			if (total <= max) used.set(counter, total);
			return total <= max;
		},
	};
}

export function memoryAccounts(accounts: readonly Account[]): AccountStore {
	return { find: async (userName) => accounts.find((account) => account.userName === userName) ?? null };
}

export function memoryWebhookSecrets(byName: Readonly<Record<string, WebhookSecrets>> = {}): WebhookSecretStore {
	return { find: async (userName) => byName[userName] ?? noWebhookSecrets };
}

export function memoryCredentials(byName: Readonly<Record<string, readonly Credential[]>>): CredentialStore {
	return { find: async (userName) => (Object.hasOwn(byName, userName) ? (byName[userName] ?? []) : []) };
}

type SentSendJob = { readonly sendJob: SendJob; readonly kind: LaneEntryKind; readonly delaySeconds: number };

export function memoryLanes(): Lanes & { readonly sent: SentSendJob[] } {
	const sent: SentSendJob[] = [];
	return {
		sent,
		async sendFirst(sendJobs, delaySeconds) {
			sent.push(...sendJobs.map((sendJob) => ({ sendJob, kind: "first" as const, delaySeconds })));
			return sendJobs.map(() => "queued");
		},
		async send(sendJobs, kind, delaySeconds = 0) {
			sent.push(...sendJobs.map((sendJob) => ({ sendJob, kind, delaySeconds })));
		},
	};
}

/** Lanes that refuse every entry, and lanes whose answer is lost. */
export const refusingLanes: Lanes = {
	sendFirst: async (sendJobs) => sendJobs.map(() => "refused"),
	send: async () => await Promise.reject(new Error("the queue is unavailable")),
};
export const unansweredLanes: Lanes = {
	...refusingLanes,
	sendFirst: async (sendJobs) => sendJobs.map(() => "unknown"),
};

export function memoryReports(): ReportQueue & { readonly sent: ReportBatch[]; readonly delays: number[] } {
	const sent: ReportBatch[] = [];
	const delays: number[] = [];
	return {
		sent,
		delays,
		async send(reportBatches, delaySeconds = 0) {
			sent.push(...reportBatches);
			delays.push(...reportBatches.map(() => delaySeconds));
		},
	};
}

export function memoryAccountQueues(): AccountQueues & { readonly sent: Map<string, ReportBatch[]> } {
	const sent = new Map<string, ReportBatch[]>();
	return {
		sent,
		async send(queueUrl, reportBatches) {
			sent.set(queueUrl, [...(sent.get(queueUrl) ?? []), ...reportBatches]);
		},
	};
}

export function memoryDeadReports(resting: readonly DeadReport[]): DeadReports & { readonly resting: DeadReport[] } {
	return memoryDeadLetters(resting);
}

export function memoryDeadLetters<Letter extends DeadLetter>(
	resting: readonly Letter[],
): DeadLetters<Letter> & { readonly resting: Letter[] } {
	const held = new Set<string>();
	const left = [...resting];
	return {
		resting: left,
		async receive() {
			const some = left.filter(({ handle }) => !held.has(handle)).slice(0, 10);
			for (const { handle } of some) held.add(handle);
			return some;
		},
		async remove(handles) {
			left.splice(0, left.length, ...left.filter(({ handle }) => !handles.includes(handle)));
		},
		async release(handles) {
			for (const handle of handles) held.delete(handle);
		},
	};
}

export function memoryCircuitBreakers(): CircuitBreakerStore & { readonly calls: string[] } {
	const rows = new Map<string, { until: number; probing: boolean }>();
	const calls: string[] = [];
	return {
		calls,
		async open(userName, until) {
			calls.push("open");
			rows.set(userName, { until, probing: false });
		},
		async claim(userName, now, until) {
			calls.push("claim");
			const row = rows.get(userName);
			if (row === undefined) return { kind: "closed" };
			if (now < row.until) return { kind: "open", ...row };
			rows.set(userName, { until, probing: true });
			return { kind: "granted" };
		},
		async close(userName) {
			calls.push("closed");
			rows.delete(userName);
		},
		async current(userName) {
			const row = rows.get(userName);
			return row === undefined ? { kind: "closed" } : { kind: "open", ...row };
		},
	};
}

export function memoryReceipts(): ReceiptQueue & {
	readonly sent: { receiptBatch: ReceiptBatch; delaySeconds: number }[];
} {
	const sent: { receiptBatch: ReceiptBatch; delaySeconds: number }[] = [];
	return {
		sent,
		async send(receiptBatches, delaySeconds = 0) {
			sent.push(...receiptBatches.map((receiptBatch) => ({ receiptBatch, delaySeconds })));
		},
	};
}

export function memoryLog(): Log & { readonly events: { event: string; fields: Readonly<Record<string, unknown>> }[] } {
	const events: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
	const keep = (event: string, fields: Readonly<Record<string, unknown>> = {}) => void events.push({ event, fields });
	return { events, info: keep, warn: keep, error: keep };
}

/** A clock that stands still until it is advanced. */
export function stoppedClock(at = Date.UTC(2026, 10, 23, 6, 0, 0)): Clock & { advance(ms: number): void } {
	let now = at;
	return Object.assign(() => now, {
		advance(ms: number) {
			now += ms;
		},
	});
}
