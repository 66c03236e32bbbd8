import { reportsEntryBody } from "#shared/contracts/queue-entries.ts";
import { isFinal } from "#shared/domain/message/statuses.ts";
import type { Item, ItemChange } from "../aws/dynamo-engine.ts";
import type { QueuedEntry } from "../aws/sqs-engine.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { laneDeadUrls, laneQueueUrls, queueUrl, tables } from "../world/deployment.ts";
import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { ClientPromises } from "../world/rest-client.ts";
import type { OperatorSettings } from "../world/settings.ts";
import { type Copies, copyChecks } from "./copies.ts";
import { type Failures, failureList } from "./failures.ts";
import { type GivenUp, givenUpChecks } from "./given-up.ts";
import { type Holders, holders } from "./holders.ts";
import { type MessageMirror, messageMirror } from "./message-mirror.ts";
import { type Promises, promises } from "./promises.ts";
import { type Reports, reportBook } from "./reports.ts";
import { checkSubmit } from "./sending.ts";
import { checkStatus } from "./statuses.ts";

/** Observes every state change in AWS, every submit and every answer to clients, and checks the invariants at each. */
export type Observer = {
	readonly failures: Failures;
	readonly mirror: MessageMirror;
	readonly reports: Reports;
	readonly promises: Promises;
	readonly holders: Holders;
	/** All submits that SMSCs received, in order and by recipient. */
	readonly submits: readonly ReceivedSubmit[];
	readonly submitsTo: ReadonlyMap<string, readonly ReceivedSubmit[]>;
	readonly copies: Copies;
	readonly givenUp: GivenUp;
	/** A report of this message stays in the dead-letter queue of the reports queue. */
	isReportDead(messageId: number): boolean;
	readonly clientPromises: ClientPromises;
	onChange(change: ItemChange): void;
	onAdded(entry: QueuedEntry): void;
	onRemoved(entry: QueuedEntry, why: string): void;
	/** SQS delivers an entry twice. */
	onRepeated(entry: QueuedEntry): void;
	onLapsed(entry: QueuedEntry): void;
	onSubmit(submit: ReceivedSubmit): void;
	/** A bind was established; the tasks of all binds are given. */
	onBound(operator: string, from: readonly string[]): void;
	/** Tables, queues and schedules are lost. */
	lose(): void;
};

const lanes: ReadonlySet<string> = new Set([...Object.values(laneQueueUrls), ...laneDeadUrls]);

/** @param item reads an item of a table. */
export function observe(
	kernel: Kernel,
	operators: readonly OperatorSettings[],
	item: (table: string, key: Item) => Item | undefined,
): Observer {
	const failures = failureList(kernel);
	const mirror = messageMirror(isFinal);
	const reports = reportBook();
	const promised = promises({ now: () => kernel.now, mirror, failures, holders: () => held });
	const held = holders((url) => lanes.has(url), promised.released);
	const submits: ReceivedSubmit[] = [];
	const submitsTo = new Map<string, ReceivedSubmit[]>();
	const deadReports = new Set<number>();
	const copies = copyChecks({ kernel, mirror, failures, operators });
	const givenUp = givenUpChecks(kernel);

	function onMessageChange(change: ItemChange): void {
		const { before, after } = mirror.changed(change);
		const { messageId, recipient } = after ?? before ?? { messageId: 0, recipient: "" };
		kernel.trace.note(after?.status ?? "deleted", kernel.now, messageId % 1e6);
		kernel.trace.line(
			() => `row ${messageId} to ${recipient}: ${before?.status} → ${after?.status} v${after?.revision}`,
		);
		if (before?.status === "NEW" && after !== undefined && after.status !== "NEW") copies.recorded(recipient);
		if (after !== undefined) givenUp.rowChanged(before, after);
		if (after === undefined) promised.deleted(messageId);
		else if (before !== undefined) checkStatus(failures, before, after, () => submitsTo.get(recipient)?.length ?? 0);
	}

	const batchOf = (batchId: number) => item(tables.batches, { batch_id: { N: String(batchId) } });
	const isCommitted = (batchId: number) => batchOf(batchId)?.["st"]?.S === "committed";

	/** A subscriber's message whose report is a dead letter also counts as received. */
	function onDeadReport({ body }: QueuedEntry): void {
		const { message_ids, incoming } = reportsEntryBody.parse(body);
		for (const messageId of message_ids) {
			deadReports.add(messageId);
			if (!incoming) continue;
			const key = { part_of: { S: `message#${messageId}` }, part: { S: "message" } };
			reports.moTaken(item(tables.incoming, key)?.["sn"]?.S ?? "");
		}
	}

	return {
		failures,
		mirror,
		reports,
		promises: promised,
		holders: held,
		submits,
		submitsTo,
		copies,
		givenUp,
		isReportDead: (messageId) => deadReports.has(messageId),
		clientPromises: {
			promised: promised.add,
			batchPromised(batchId, how) {
				if (!isCommitted(batchId))
					failures.add("answer", `batch ${batchId} was promised by ${how}, and is not committed`);
				for (const { N: messageId } of batchOf(batchId)?.["m"]?.L ?? []) promised.add(Number(messageId), how);
			},
			clientIdPromised(userName, clientMessageId, how) {
				const messageId = mirror.idOfClient(userName, clientMessageId);
				if (messageId !== undefined) promised.add(messageId, how);
			},
			withdrawn: promised.withdrawn,
			batchWithdrawn(batchId, count) {
				const ids = (batchOf(batchId)?.["m"]?.L ?? []).map(({ N: messageId }) => Number(messageId));
				const withdrawn = ids.filter((id) => {
					const row = mirror.row(id);
					return row?.status === "DELETED" && row.sentAt === null;
				});
				for (const id of withdrawn) promised.withdrawn(id);
				if (withdrawn.length < count)
					failures.add(
						"answer",
						`${count} messages of batch ${batchId} are said to be withdrawn, not ${withdrawn.length}`,
					);
			},
		},
		onChange(change) {
			if (change.table === tables.slots) held.slotChanged(change);
			if (change.table === tables.messages) onMessageChange(change);
		},
		onAdded(entry) {
			held.entryAdded(entry);
			if (lanes.has(entry.queueUrl)) copies.entryAdded(entry);
			if (entry.queueUrl === queueUrl("reports-dead")) onDeadReport(entry);
		},
		onRemoved: held.entryRemoved,
		onRepeated(entry) {
			if (lanes.has(entry.queueUrl)) copies.repeated(entry);
		},
		onLapsed(entry) {
			if (lanes.has(entry.queueUrl)) copies.lapsed(entry);
		},
		onBound: copies.bound,
		lose() {
			held.lose();
			mirror.lose();
			promised.lose();
		},
		onSubmit(submit) {
			submits.push(submit);
			const own = submitsTo.get(submit.recipient) ?? [];
			own.push(submit);
			submitsTo.set(submit.recipient, own);
			copies.submitted(submit);
			checkSubmit({ mirror, promises: promised, failures, isCommitted }, submit);
		},
	};
}
