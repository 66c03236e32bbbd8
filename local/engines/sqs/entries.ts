import type {
	BatchResultErrorEntry,
	Message,
	ReceiveMessageCommandInput,
	SendMessageBatchRequestEntry,
} from "@aws-sdk/client-sqs";
import { onlyKnown, unsupported } from "#local/wire/unsupported.ts";
import type { Partial } from "../partial.ts";
import { sqsErrors } from "./errors.ts";
import { type Entry, handleOf } from "./queue.ts";

const entriesMax = 10;

type Done = { readonly Id: string | undefined; readonly MessageId?: string; readonly MD5OfMessageBody?: string };
type Failure = BatchResultErrorEntry;

const throttled = { SenderFault: false, Code: "ServiceUnavailable", Message: "The request was throttled" };

/** Executes a valid batch entry by entry. */
export function forEachEntry<Part extends { readonly Id?: string | undefined }>(
	entries: readonly Part[],
	fields: ReadonlySet<string>,
	{ skip }: Partial,
	check: (entries: readonly Part[]) => void,
	run: (entry: Part) => Done | Failure,
): object {
	if (entries.length === 0) throw sqsErrors.emptyBatch();
	if (entries.length > entriesMax) throw sqsErrors.tooMany();
	if (entries.some(({ Id }) => !/^[\w-]{1,80}$/.test(Id ?? ""))) throw sqsErrors.wrongId();
	if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw sqsErrors.sameId();
	for (const entry of entries) onlyKnown("a batch's entry", entry, fields);
	check(entries);
	const Successful: Done[] = [];
	const Failed: Failure[] = [];
	for (const [index, entry] of entries.entries()) {
		const outcome = skip(index) ? { Id: entry.Id, ...throttled } : run(entry);
		if ("SenderFault" in outcome) Failed.push(outcome);
		else Successful.push(outcome);
	}
	return Failed.length === 0 ? { Successful } : { Successful, Failed };
}

const octetsMax = 1_048_576;
const delayMaxSeconds = 900;
const visibilityMaxSeconds = 43_200;
const waitMaxSeconds = 20;

export const isTimeout = (seconds: unknown) =>
	Number.isInteger(seconds) && Number(seconds) >= 0 && Number(seconds) <= visibilityMaxSeconds;

export function checkLength(entries: readonly { readonly MessageBody?: string | undefined }[]): void {
	const octets = entries.reduce((sum, { MessageBody = "" }) => sum + Buffer.byteLength(MessageBody), 0);
	if (octets > octetsMax) throw sqsErrors.tooLong();
}

type Outgoing = Pick<SendMessageBatchRequestEntry, "MessageBody" | "DelaySeconds" | "MessageGroupId">;

/** What is wrong with an entry to send, as the sender's fault. */
export function faultOf({ MessageBody = "", DelaySeconds = 0, MessageGroupId }: Outgoing) {
	if (MessageBody === "") return { Code: "MissingParameter", Message: "MessageBody" };
	if (/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(MessageBody)) {
		return { Code: "InvalidMessageContents", Message: "characters outside the allowed set" };
	}
	if (!(DelaySeconds >= 0 && DelaySeconds <= delayMaxSeconds)) {
		return { Code: "InvalidParameterValue", Message: `DelaySeconds ${DelaySeconds}` };
	}
	if (MessageGroupId !== undefined && !/^[!-~]{1,128}$/.test(MessageGroupId)) {
		return { Code: "InvalidParameterValue", Message: `MessageGroupId ${MessageGroupId}` };
	}
	return undefined;
}

const receiveFields = new Set([
	"QueueUrl",
	"MaxNumberOfMessages",
	"WaitTimeSeconds",
	"VisibilityTimeout",
	"MessageSystemAttributeNames",
	/* No entry has any. */
	"MessageAttributeNames",
]);

export function checkReceive(input: ReceiveMessageCommandInput): void {
	onlyKnown("ReceiveMessage", input, receiveFields);
	const { MaxNumberOfMessages: max = 1, VisibilityTimeout: held = 0, WaitTimeSeconds: wait = 0 } = input;
	if (!(max >= 1 && max <= entriesMax)) throw sqsErrors.badParameter(`MaxNumberOfMessages ${max}`);
	if (!isTimeout(held)) throw sqsErrors.badParameter(`VisibilityTimeout ${held}`);
	if (!(wait >= 0 && wait <= waitMaxSeconds)) throw sqsErrors.badParameter(`WaitTimeSeconds ${wait}`);
}

const attributes: Readonly<Record<string, (entry: Entry) => string | undefined>> = {
	ApproximateReceiveCount: ({ receives }) => String(receives),
	SentTimestamp: ({ sentAt }) => String(sentAt),
	ApproximateFirstReceiveTimestamp: ({ firstReceivedAt }) => String(firstReceivedAt),
	MessageGroupId: ({ group }) => group,
};
const attributeNames = Object.keys(attributes);

export function receivedMessage(entry: Entry, asked: readonly string[], digest?: (body: string) => string): Message {
	const message: Message = {
		MessageId: entry.messageId,
		ReceiptHandle: handleOf(entry),
		Body: entry.body,
		...(digest && { MD5OfBody: digest(entry.body) }),
	};
	if (asked.length === 0) return message;
	const Attributes: Record<string, string> = {};
	for (const name of asked.includes("All") ? attributeNames : asked) {
		const value = (attributes[name] ?? unsupported(`the attribute ${name} of a message`))(entry);
		if (value !== undefined) Attributes[name] = value;
	}
	return { ...message, Attributes };
}
