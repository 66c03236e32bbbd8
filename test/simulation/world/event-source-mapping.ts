import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { QueueWaiters } from "../aws/queue-waiters.ts";
import type { SqsEngine } from "../aws/sqs-engine.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { FunctionRole } from "./deployment.ts";
import type { SimulatedFunctions } from "./functions.ts";

export type MappingOptions = {
	readonly kernel: Kernel;
	readonly sqs: SqsEngine;
	readonly waiters: QueueWaiters;
	readonly functions: SimulatedFunctions;
	readonly role: FunctionRole;
	readonly url: string;
	readonly batchSize: number;
	/** Whether the deletion of a processed batch is lost, so it is delivered again. */
	readonly losesDeletion: () => boolean;
};

/** Maximum number of concurrent batches. */
const concurrencyMax = 5;
const pollMs = { least: 2, most: 30 } as const;

/**
 * Feeds a function from a queue, with partial batch responses. Entries that failed, or got no response, are delivered
 * again after their visibility time-out.
 */
export function mapQueue({
	kernel,
	sqs,
	waiters,
	functions,
	role,
	url,
	batchSize,
	losesDeletion,
}: MappingOptions): void {
	let running = 0;
	let isPolling = false;

	function check(): void {
		if (isPolling || running >= concurrencyMax) return;
		isPolling = true;
		const ms = pollMs.least + kernel.draws.number(`mapping ${url}`, "poll") * (pollMs.most - pollMs.least);
		kernel.after(ms, undefined, () => {
			isPolling = false;
			poll();
		});
	}

	function poll(): void {
		const messages = sqs.receiveFor(url, Math.floor(kernel.now), batchSize);
		waiters.received(url);
		if (messages.length === 0) return;
		running += 1;
		kernel.trace.note(`fed ${role}`, kernel.now, messages.length);
		const Records = messages.map((message) => ({
			messageId: message.MessageId ?? "",
			receiptHandle: message.ReceiptHandle ?? "",
			body: message.Body ?? "",
			attributes: message.Attributes ?? {},
		}));
		functions.invoke(role, { Records } as unknown as SQSEvent, (invocation) => {
			running -= 1;
			kernel.trace.line(() => `${role} of ${textOf(Records)}: ${JSON.stringify(invocation)}`);
			if (invocation.kind === "answered") remove(Records, invocation.value as SQSBatchResponse);
			check();
		});
		check();
	}

	function remove(records: readonly Received[], { batchItemFailures }: SQSBatchResponse): void {
		const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
		const done = records.filter(({ messageId }) => !failed.has(messageId));
		if (done.length === 0 || losesDeletion()) return;
		const Entries = done.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
		sqs.execute("DeleteMessageBatch", { QueueUrl: url, Entries }, Math.floor(kernel.now));
		waiters.changed(url);
	}

	waiters.add(url, check);
}

const textOf = (records: readonly Received[]) =>
	records.map(({ messageId, attributes }) => `${messageId}×${attributes["ApproximateReceiveCount"]}`).join(", ");

type Received = {
	readonly messageId: string;
	readonly receiptHandle: string;
	readonly attributes: Readonly<Record<string, string>>;
};
