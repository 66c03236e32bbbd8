import {
	type BatchResultErrorEntry,
	ChangeMessageVisibilityBatchCommand,
	DeleteMessageBatchCommand,
	SendMessageBatchCommand,
	type SendMessageBatchRequestEntry,
	type SQSClient,
	SQSServiceException,
} from "@aws-sdk/client-sqs";
import type { SendOutcome } from "../../usecases/accept/lanes.ts";
import { inBatches, retryUntilNoneLeft } from "../batched-calls.ts";

/** The most of one call. Ten of our small bodies always fit into the 1 MiB of a call. */
const entriesMax = 10;

export type OutgoingEntry = Omit<SendMessageBatchRequestEntry, "Id">;

/**
 * Sends entries to a queue, ten at a time. Entries that SQS did not accept are sent again.
 * @throws TemporaryFault if SQS still refuses an entry after all attempts; Error if one could not be sent. Any of them may be
 * in the queue.
 */
export async function sendEntries(client: SQSClient, url: string, entries: readonly OutgoingEntry[]): Promise<void> {
	await forEachTen(entries, async (left) => {
		const answer = await client.send(
			new SendMessageBatchCommand({
				QueueUrl: url,
				Entries: left.map((entry, index) => ({ ...entry, Id: String(index) })),
			}),
		);
		const wrong = answer.Failed?.find((failure) => isSenderFault(failure));
		if (wrong) throw new Error(`SQS: ${wrong.Code}: ${wrong.Message}`);
		return failedOf(left, answer.Failed);
	});
}

/**
 * Sends entries to a queue, each in one attempt. Never throws. The outcomes are in the order of the entries.
 * @param client makes one attempt for each call.
 */
export async function sendEntriesOnce(
	client: SQSClient,
	url: string,
	entries: readonly OutgoingEntry[],
	onFailure: (why: unknown) => void,
): Promise<readonly SendOutcome[]> {
	return await inBatches(entries, entriesMax, async (ten) => {
		const Entries = ten.map((entry, index) => ({ ...entry, Id: String(index) }));
		try {
			const { Successful, Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
			if (Failed?.length) onFailure(Failed.map(({ Code }) => Code).join(", "));
			const queued = new Set(Successful?.map(({ Id }) => Id));
			const refused = new Set(Failed?.filter(({ SenderFault }) => SenderFault).map(({ Id }) => Id));
			return Entries.map(({ Id }) => (queued.has(Id) ? "queued" : refused.has(Id) ? "refused" : "unknown"));
		} catch (error) {
			onFailure(error);
			return Entries.map(() => (isRefusal(error) ? "refused" : "unknown"));
		}
	});
}

/** Whether a failed call certainly had no effect: SQS refused it, or was not reached. */
function isRefusal(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const isUnreached = "code" in error && unreached.includes(String(error.code));
	return isUnreached || (error instanceof SQSServiceException && error.$fault === "client");
}

const unreached: readonly string[] = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"];

/** Sends entries with only a body, each with the same delay. @throws Error as `sendEntries` does. */
export async function sendBodies(
	client: SQSClient,
	url: string,
	bodies: readonly string[],
	delaySeconds: number | undefined,
): Promise<void> {
	const delay = delaySeconds !== undefined && { DelaySeconds: delaySeconds };
	await sendEntries(
		client,
		url,
		bodies.map((MessageBody) => ({ MessageBody, ...delay })),
	);
}

export async function deleteEntries(client: SQSClient, url: string, handles: readonly string[]): Promise<void> {
	await forEachTen(handles, async (left) => {
		const answer = await client.send(
			new DeleteMessageBatchCommand({
				QueueUrl: url,
				Entries: left.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
			}),
		);
		return failedOf(left, answer.Failed);
	});
}

/** Sets the remaining visibility timeout of entries. Entries that are no longer held are ignored. */
export async function changeVisibility(client: SQSClient, url: string, handles: readonly string[], seconds: number) {
	await forEachTen(handles, async (left) => {
		const answer = await client.send(
			new ChangeMessageVisibilityBatchCommand({
				QueueUrl: url,
				Entries: left.map((ReceiptHandle, index) => ({
					Id: String(index),
					ReceiptHandle,
					VisibilityTimeout: seconds,
				})),
			}),
		);
		return failedOf(left, answer.Failed);
	});
}

async function forEachTen<Item>(items: readonly Item[], call: (left: readonly Item[]) => Promise<readonly Item[]>) {
	await inBatches(items, entriesMax, async (ten) => {
		await retryUntilNoneLeft(ten, call);
		return [];
	});
}

type Failure = Pick<BatchResultErrorEntry, "Id" | "Code" | "SenderFault">;

/** The failed items to try again. Sender faults are left out: most are receipt handles of entries that no longer exist. */
function failedOf<Item>(sent: readonly Item[], failures: readonly Failure[] = []): readonly Item[] {
	const ids = new Set(failures.filter((failure) => !isSenderFault(failure)).map(({ Id }) => Id));
	return sent.filter((_, index) => ids.has(String(index)));
}

/** SQS also marks throttling as a sender fault, but throttling passes. */
function isSenderFault({ Code = "", SenderFault }: Failure): boolean {
	return SenderFault === true && !/throttl/i.test(Code);
}
