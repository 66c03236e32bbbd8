import type { Message } from "#shared/domain/message/message.ts";
import { isFinal } from "#shared/domain/message/statuses.ts";
import { smscRef } from "#shared/domain/receipts/smsc-ref.ts";
import { clientReceipt } from "#shared/domain/reports/client-receipt.ts";
import { wantsReport } from "#shared/domain/reports/report-batches.ts";
import { earliestSendAt } from "#shared/domain/schedule/send-time.ts";
import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { Failures } from "./failures.ts";
import type { GivenUp } from "./given-up.ts";
import type { MessageMirror } from "./message-mirror.ts";
import type { Promises } from "./promises.ts";
import { type Reports, receiptName } from "./reports.ts";

export type FinalDeps = {
	readonly mirror: MessageMirror;
	readonly promises: Promises;
	readonly reports: Reports;
	readonly failures: Failures;
	readonly givenUp: Pick<GivenUp, "causesOf">;
	/** All submits that SMSCs accepted, by recipient. */
	readonly submits: ReadonlyMap<string, readonly ReceivedSubmit[]>;
	/** The message that an SMSC's id belongs to, as the gateway recorded it; NaN if it did not. */
	readonly submittedAs: (ref: string) => number;
	/** Whether the batch of this id was paused. */
	readonly wasPaused: (batchId: number) => boolean;
	/** Whether receipts of this recipient's message were lost with the queue that they waited in. */
	readonly isReceiptLost: (recipient: string) => boolean;
	/** Whether a report of this message stays in the dead-letter queue of the reports queue. */
	readonly isReportDead: (messageId: number) => boolean;
	/** Whether nothing went wrong in this history: then each receipt finds its message. */
	readonly isCalm: boolean;
	/** Whether the account of this name gets its reports by SMPP. */
	readonly isReportedBySmpp: (userName: string) => boolean;
};

/**
 * A message that was sendable for this long and never sent is lost. The limit covers an outage at acceptance, which
 * parks it for a quarter of an hour, and a late alarm.
 */
const longLifeMs = 40 * 60_000;

/**
 * Checks the conditions for each promised message at the end of the history.
 * @returns the messages that were given up, each with its causes.
 */
export function checkEnd(deps: FinalDeps): readonly string[] {
	const { mirror, promises, failures } = deps;
	const givenUp: string[] = [];
	for (const messageId of promises.all()) {
		const row = mirror.row(messageId);
		if (row === undefined) failures.add("lost", `${messageId} was promised, and its row is missing`, messageId);
		else if (!isFinal(row.status)) failures.add("stuck", `${messageId} is still ${row.status}`, messageId);
		else {
			const causes = checkSent(deps, row);
			if (causes !== undefined) givenUp.push(`${messageId}: ${causes.join(", ")}`);
			checkReported(deps, row);
			checkAgreement(deps, row);
		}
	}
	return givenUp;
}

/** Returns the causes if the message was given up. */
function checkSent(deps: FinalDeps, row: Message): readonly string[] | undefined {
	const { submits, failures, promises, givenUp, wasPaused } = deps;
	const { messageId, status, errorCode, recipient, batchId } = row;
	if (promises.isWithdrawn(messageId) && (submits.get(recipient) ?? []).length > 0)
		failures.add("sending", `${messageId} was withdrawn, and was sent`, messageId);
	if (status === "FAILED" && errorCode === "254") failures.add("lost", `${messageId} ended FAILED with 254`, messageId);
	const ms = openMs(row, promises.promisedAt(messageId));
	if (status !== "EXPIRED" || submits.has(recipient) || ms < longLifeMs) return undefined;
	const causes = givenUp.causesOf(row);
	if (causes !== undefined || (batchId !== null && wasPaused(batchId))) return causes;
	failures.add("lost", `${messageId} had ${Math.round(ms / 60_000)} minutes, and was never sent`, messageId);
	return undefined;
}

const stepMs = 5 * 60_000;
const stepsMax = 24;

/** How long a promised message could have been sent: neither before its schedule nor outside its window. */
function openMs(row: Message, promisedAt: number): number {
	const from = earliestSendAt(row, promisedAt);
	const steps = Array.from({ length: stepsMax }, (_, index) => from + index * stepMs);
	return steps.filter((at) => at + stepMs <= row.expiresAt && earliestSendAt(row, at) === at).length * stepMs;
}

type ReportDeps = Pick<FinalDeps, "reports" | "isReportDead" | "isReportedBySmpp">;

/** Whether the client still has to receive the report of an ended message. */
export function isReportMissing({ reports, isReportDead, isReportedBySmpp }: ReportDeps, row: Message): boolean {
	const { messageId, status, userName } = row;
	const expected = isReportedBySmpp(userName) ? /stat:(\S+)/.exec(clientReceipt(row).text)?.[1] : status;
	const isTaken = reports.isTaken(reportedAs(row, isReportedBySmpp), expected ?? "");
	return wantsReport(row, status) && !isTaken && !isReportDead(messageId);
}

function reportedAs(row: Message, isReportedBySmpp: ReportDeps["isReportedBySmpp"]): number | string {
	return isReportedBySmpp(row.userName) ? receiptName(clientReceipt(row).messageId, row.recipient) : row.messageId;
}

function checkReported(deps: FinalDeps, row: Message): void {
	if (!isReportMissing(deps, row)) return;
	const received = deps.reports.of(reportedAs(row, deps.isReportedBySmpp)).join(", ") || "nothing";
	deps.failures.add(
		"unreported",
		`${row.messageId} is ${row.status}, and its client received ${received}`,
		row.messageId,
	);
}

/**
 * The final status agrees with the SMSC: DELIVERED if each segment was delivered, by whichever copy. A copy whose id
 * the gateway never received may count or not, because its receipt is matched by recipient only.
 */
function checkAgreement({ submits, failures, submittedAs, isCalm, isReceiptLost }: FinalDeps, row: Message): void {
	const { messageId, status, recipient, segmentCount } = row;
	const confirmed = (submits.get(recipient) ?? []).filter((submit) => submit.receiptConfirmedAt !== undefined);
	const delivered = confirmed.filter((submit) => submit.isDelivered);
	const known = delivered.filter(
		({ operator, smscId }) =>
			(isCalm && row.sentAt !== null) || submittedAs(smscRef(operator, recipient, smscId)) === messageId,
	);
	const hasAll = (some: readonly ReceivedSubmit[]) => new Set(some.map(({ segment }) => segment)).size >= segmentCount;
	const fail = (fate: string) =>
		failures.add("agreement", `${messageId} is ${status}, and its SMSC reported ${fate}`, messageId);
	if (status === "DELIVERED" && !hasAll(delivered)) fail("not delivered");
	if (status !== "DELIVERED" && hasAll(known) && !isReceiptLost(recipient)) fail("delivered");
}
