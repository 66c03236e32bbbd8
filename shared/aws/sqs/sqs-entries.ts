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

/** As many as a call takes. Its bodies together may take 1 MiB: ours are small, so that ten always fit. */
const entriesMax = 10;

export type OutgoingEntry = Omit<SendMessageBatchRequestEntry, "Id">;

/**
 * Sends entries to a queue, ten at a time; those that SQS did not take are sent again, alone.
 * @throws TemporaryFault when SQS keeps turning one away; Error when one could not be sent. Some, or all, may be in the queue then.
 */
export async function sendEntries(client: SQSClient, url: string, entries: readonly OutgoingEntry[]): Promise<void> {
	await forEachTen(entries, async (left) => {
		const answer = await client.send(
			new SendMessageBatchCommand({
				QueueUrl: url,
				Entries: left.map((entry, index) => ({ ...entry, Id: String(index) })),
			}),
		);
		const wrong = answer.Failed?.find((failure) => isOurFault(failure));
		if (wrong) throw new Error(`SQS: ${wrong.Code}: ${wrong.Message}`);
		return failedOf(left, answer.Failed);
	});
}

/**
 * Sends entries to a queue, each in one try. Never throws; outcomes in the order of the entries.
 * @param client of one try for each call.
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

/** Whether a call certainly had no effect: SQS said that it would not carry it out, or could not be reached. */
function isRefusal(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const isUnreached = "code" in error && unreached.includes(String(error.code));
	return isUnreached || (error instanceof SQSServiceException && error.$fault === "client");
}

const unreached: readonly string[] = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"];

/** Sends what has nothing but a body, each after so long. @throws Error as `sendEntries` does. */
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

/** Deletes entries that are done with. */
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

/** Keeps entries from others for so long from now. One that is no longer held is passed over. */
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

/** What is worth another try. What SQS calls our own fault is not: a handle of an entry that is gone, for the most part. */
function failedOf<Item>(sent: readonly Item[], failures: readonly Failure[] = []): readonly Item[] {
	const ids = new Set(failures.filter((failure) => !isOurFault(failure)).map(({ Id }) => Id));
	return sent.filter((_, index) => ids.has(String(index)));
}

/** To SQS it is a sender's fault as well to come too often; that passes. */
function isOurFault({ Code = "", SenderFault }: Failure): boolean {
	return SenderFault === true && !/throttl/i.test(Code);
}
