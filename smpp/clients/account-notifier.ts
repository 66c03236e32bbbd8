import type { Account } from "#shared/domain/accounts/account.ts";
import { countOfReport } from "#shared/domain/counts/message-counts.ts";
import { UnreadableRows } from "#shared/domain/faults.ts";
import { type Polling, pollWhileWanted } from "#shared/flow/polling.ts";
import { retryUntilDone } from "#shared/flow/retry-until-done.ts";
import type { Log } from "#shared/log.ts";
import type { AccountQueueSource, WaitingReportBatch } from "#shared/usecases/reports/account-queues.ts";
import { type ReadUnreportedDeps, readUnreported, type Unreported } from "#shared/usecases/reports/read-unreported.ts";
import type { ReportBatchStore } from "#shared/usecases/reports/report-batch-store.ts";
import { moRequests, receiptRequest } from "./deliver-sm-requests.ts";
import { type DeliverSmSenderOptions, type Notification, openDeliverSmSender } from "./deliver-sm-sender.ts";
import { type HeldReportBatches, heldReportBatches } from "./held-report-batches.ts";
import type { Receiver } from "./receiver.ts";
import { reportConfirmer } from "./report-confirmer.ts";
import { leavesMax } from "./session-back-off.ts";

export type AccountNotifierOptions = ReadUnreportedDeps &
	Omit<DeliverSmSenderOptions, "held" | "confirmer" | "onRoom"> & {
		readonly reportBatches: ReportBatchStore;
		readonly source: AccountQueueSource;
		/** Visibility timeout of a received report batch, renewed at a third of it. */
		readonly visibilitySeconds: number;
		/** How long messages, and the confirmations of their reports, are kept. */
		readonly retentionMs: number;
		/** The live sessions of an account, over all tasks, as they were some seconds ago. Never rejects. `asked`: those to find. */
		readonly liveSessions: (account: Account, asked: readonly string[]) => Promise<ReadonlySet<string>>;
	};

export type AccountNotifier = {
	readonly receivers: number;
	add(receiver: Receiver): void;
	remove(receiver: Receiver): void;
	/** Reads no more, waits for answers and their records, and gives back the rest. */
	stop(): Promise<void>;
};

const readTriesMax = 5;

/** Sends one account's reports and incoming messages to the sessions that this task has of it. */
export function openAccountNotifier(
	account: Account,
	queueUrl: string,
	options: AccountNotifierOptions,
): AccountNotifier {
	const { source, visibilitySeconds, log } = options;
	const { userName } = account;
	const held = heldReportBatches({ ...options, queueUrl });
	const deliverSmSender = openDeliverSmSender({
		...options,
		held,
		confirmer: reportConfirmer(options),
		onRoom: () => intake.wake(),
	});
	const intake: Polling = pollWhileWanted<WaitingReportBatch>({
		isWanted: () => deliverSmSender.wantsMore,
		receive: async (signal) => await source.receive(queueUrl, visibilitySeconds, signal),
		failedEvent: "account_queue.receive_failed",
		log,
		async take(reportBatches) {
			const own = reportBatches.filter(({ reportBatch }) => reportBatch.userName === userName);
			/* No account may get the reports of another. These batches come again until they are dead letters. */
			if (own.length < reportBatches.length)
				log.error("account_report.wrong_account", { user_name: userName, queue: queueUrl });
			const notifications = await notificationsOf(own, held, options);
			const left = await leftToOtherTasks(notifications, deliverSmSender.sessions, account, options);
			for (const one of left) held.leave(one.reportBatch);
			deliverSmSender.push(notifications.filter((one) => !left.has(one)));
		},
	});
	return {
		get receivers() {
			return deliverSmSender.receivers;
		},
		add: deliverSmSender.add,
		remove: deliverSmSender.remove,
		async stop() {
			await Promise.all([intake.stop(), deliverSmSender.stop()]);
			await held.release();
		},
	};
}

/**
 * Leaves a report to another task while the session that submitted the message lives there. This ends after `leavesMax` receives,
 * because that session may answer nothing.
 */
async function leftToOtherTasks(
	notifications: readonly Notification[],
	here: ReadonlySet<string>,
	account: Account,
	{ liveSessions }: AccountNotifierOptions,
): Promise<ReadonlySet<Notification>> {
	const sessionOf = ({ origin }: Notification) => origin?.session ?? "";
	const strange = notifications.filter(
		(one) => one.reportBatch.receives <= leavesMax && sessionOf(one) !== "" && !here.has(sessionOf(one)),
	);
	if (strange.length === 0) return new Set();
	const live = await liveSessions(account, strange.map(sessionOf));
	return new Set(strange.filter((one) => live.has(sessionOf(one))));
}

/** Holds report batches and reads what they report. If that fails, the batches go back to their queue. */
async function notificationsOf(
	reportBatches: readonly WaitingReportBatch[],
	held: HeldReportBatches,
	options: AccountNotifierOptions,
): Promise<readonly Notification[]> {
	for (const reportBatch of reportBatches) held.hold(reportBatch, reportBatch.reportBatch.messageIds.length);
	const all = await retryUntilDone(
		options.log,
		"account_report.read_failed",
		() =>
			readUnreported(
				options,
				reportBatches.map(({ reportBatch }) => reportBatch),
			),
		readTriesMax,
	);
	return reportBatches.flatMap((reportBatch, index) => {
		const unreported = all?.[index];
		held.hold(reportBatch, unreported?.length ?? 1);
		if (unreported === undefined) held.failed(reportBatch);
		return (unreported ?? []).flatMap((one) => notificationIfEncodable(reportBatch, one, held, options.log));
	});
}

/** A message that cannot be encoded does not block others. Its report batch comes again until it is a dead letter. */
function notificationIfEncodable(
	reportBatch: WaitingReportBatch,
	unreported: Unreported,
	held: HeldReportBatches,
	log: Log,
): readonly Notification[] {
	try {
		return [notificationFrom(reportBatch, unreported)];
	} catch (err) {
		const { userName, reportBatchId } = reportBatch.reportBatch;
		log.error("account_report.encode_failed", {
			user_name: userName,
			report_batch: reportBatchId,
			message_id: idOf(unreported),
			err,
		});
		held.failed(reportBatch);
		return [];
	}
}

const idOf = (unreported: Unreported) =>
	unreported.kind === "unreadable" ? unreported.messageId : unreported.message.messageId;

function notificationFrom(reportBatch: WaitingReportBatch, unreported: Unreported): Notification {
	if (unreported.kind === "unreadable") throw new UnreadableRows("messages", [unreported.messageId]);
	const { messageId } = unreported.message;
	if (unreported.kind === "incoming") {
		const at = unreported.message.receivedAt;
		return { reportBatch, messageId, requests: moRequests(unreported.message), at, counts: [], origin: null };
	}
	const { message, interim } = unreported;
	const at = interim?.at ?? message.statusAt;
	const counts = interim === undefined ? [countOfReport(message, reportBatch.reportBatch.reportBatchId)] : [];
	return { reportBatch, messageId, requests: [receiptRequest(message, interim)], at, counts, origin: message.smpp };
}
