import type {
	BatchResultErrorEntry,
	ChangeMessageVisibilityBatchCommandInput,
	CreateQueueCommandInput,
	DeleteMessageBatchCommandInput,
	GetQueueAttributesCommandInput,
	GetQueueUrlCommandInput,
	Message,
	ReceiveMessageCommandInput,
	SendMessageBatchCommandInput,
	SendMessageBatchRequestEntry,
	SetQueueAttributesCommandInput,
} from "@aws-sdk/client-sqs";
import type { Partial } from "#local/engines/partial.ts";
import { onlyKnown, unsupported } from "#local/wire/unsupported.ts";
import { defaultSettings, queueAttributes, settingsWith } from "./sqs-attributes.ts";
import { sqsErrors } from "./sqs-errors.ts";
import {
	type Entry,
	handleOf,
	type MemoryQueue,
	memoryQueue,
	type QueuedEntry,
	type QueueOptions,
	type QueueSettings,
} from "./sqs-queue.ts";

export type { QueuedEntry, QueueSettings, QueueWatcher } from "./sqs-queue.ts";

/**
 * SQS standard queues in memory, at the level of the SDK's commands, as far as shared/aws uses them. A state machine
 * without timers: each call passes the time. The next call on a queue applies its retention.
 */
export type SqsEngine = {
	/**
	 * Returns the visible entries. The caller simulates long polling. @param operation the command's name without
	 * `Command`. @throws the SDK's error if the service refuses the call; Unsupported if the engine does
	 * not simulate it.
	 */
	execute(operation: string, input: object, now: number, partial?: Partial): object;
	/** ReceiveMessage with all attributes, for an event source mapping, which collects more than ten entries. */
	receiveFor(queueUrl: string, now: number, max: number): readonly Message[];
	/**
	 * The next instant after `now` at which an entry of this queue becomes visible; undefined if none waits. A call may
	 * also make entries visible at once: ask again after each call on the queue.
	 */
	nextVisibleAt(queueUrl: string, now: number): number | undefined;
	entries(
		queueUrl: string,
	): Iterable<QueuedEntry & { readonly receives: number; readonly visibleAt: number; readonly sentAt: number }>;
	addQueue(queue: QueueSettings): void;
};

type Call = { readonly now: number; readonly partial: Partial };
type Operation = (input: object, call: Call) => object;

const none: Partial = { skip: () => false };
const $metadata = {};

export function sqsEngine(all: readonly QueueSettings[], options: QueueOptions): SqsEngine {
	const queues = new Map<string, MemoryQueue>();
	let sent = 0;

	function at(url: string | undefined): MemoryQueue {
		const queue = queues.get(url ?? "");
		if (queue === undefined) throw sqsErrors.noQueue();
		return queue;
	}

	function addQueue(settings: QueueSettings): void {
		if (queues.has(settings.url)) throw new Error(`there is a queue ${settings.url} already`);
		const queue = memoryQueue(settings, options, (entry, deadUrl, now) => {
			at(deadUrl).add({ ...entry, queueUrl: deadUrl, visibleAt: now, heldUntil: now }, now);
		});
		queues.set(settings.url, queue);
	}

	function send(queue: MemoryQueue, entry: SendMessageBatchRequestEntry, now: number): string {
		const { MessageBody: body = "", MessageGroupId: group, DelaySeconds = 0 } = entry;
		const messageId = options.newId();
		sent += 1;
		const times = {
			sentAt: now,
			visibleAt: now + DelaySeconds * 1_000,
			heldUntil: now,
			heldSeconds: 0,
			firstReceivedAt: 0,
			receivedAt: 0,
		};
		queue.add({ messageId, body, queueUrl: queue.settings.url, group, place: sent, receives: 0, ...times }, now);
		return messageId;
	}

	for (const settings of all) addQueue(settings);

	const operations: Readonly<Record<string, Operation>> = {
		SendMessageBatch(input, call) {
			onlyKnown("SendMessageBatch", input, batchFields);
			const { QueueUrl, Entries = [] } = input as SendMessageBatchCommandInput;
			const queue = at(QueueUrl);
			return forEachEntry(Entries, sendFields, call, checkLength, (entry) => {
				const wrong = faultOf(entry);
				return wrong ?? { Id: entry.Id, MessageId: send(queue, entry, call.now) };
			});
		},
		ReceiveMessage(input, { now }) {
			onlyKnown("ReceiveMessage", input, receiveFields);
			const { QueueUrl, VisibilityTimeout, ...asked } = input as ReceiveMessageCommandInput;
			const { MaxNumberOfMessages: max = 1, MessageSystemAttributeNames: names = [] } = asked;
			if (!(max >= 1 && max <= entriesMax)) throw sqsErrors.badParameter(`MaxNumberOfMessages ${max}`);
			const queue = at(QueueUrl);
			const given = queue.receive(max, VisibilityTimeout ?? queue.settings.visibilitySeconds, now);
			return given.length === 0 ? { $metadata } : { $metadata, Messages: given.map((one) => messageOf(one, names)) };
		},
		DeleteMessageBatch(input, call) {
			onlyKnown("DeleteMessageBatch", input, batchFields);
			const { QueueUrl, Entries = [] } = input as DeleteMessageBatchCommandInput;
			const queue = at(QueueUrl);
			return forEachEntry(Entries, deleteFields, call, passes, ({ Id, ReceiptHandle = "" }) => {
				queue.remove(ReceiptHandle, call.now);
				return { Id };
			});
		},
		ChangeMessageVisibilityBatch(input, call) {
			onlyKnown("ChangeMessageVisibilityBatch", input, batchFields);
			const { QueueUrl, Entries = [] } = input as ChangeMessageVisibilityBatchCommandInput;
			const queue = at(QueueUrl);
			return forEachEntry(Entries, holdFields, call, passes, ({ Id, ReceiptHandle = "", VisibilityTimeout = 0 }) => {
				const isHeld = isTimeout(VisibilityTimeout) && queue.hold(ReceiptHandle, VisibilityTimeout, call.now);
				return isHeld ? { Id } : { Id, ...notHeld };
			});
		},
		CreateQueue(input) {
			onlyKnown("CreateQueue", input, createFields);
			const { QueueName = "" } = input as CreateQueueCommandInput;
			const settings = defaultSettings(QueueName);
			if (!queues.has(settings.url)) addQueue(settings);
			return { $metadata, QueueUrl: settings.url };
		},
		GetQueueUrl(input) {
			onlyKnown("GetQueueUrl", input, createFields);
			const { QueueName = "" } = input as GetQueueUrlCommandInput;
			return { $metadata, QueueUrl: at(defaultSettings(QueueName).url).settings.url };
		},
		SetQueueAttributes(input) {
			const { QueueUrl, Attributes = {} } = input as SetQueueAttributesCommandInput;
			const queue = at(QueueUrl);
			const urlOf = (arn: string) => [...queues.values()].find(({ settings }) => settings.arn === arn)?.settings.url;
			queue.settings = settingsWith(queue.settings, Attributes, urlOf);
			Object.assign(queue.attributes, Attributes);
			return { $metadata };
		},
		GetQueueAttributes(input, { now }) {
			const { QueueUrl, AttributeNames = [] } = input as GetQueueAttributesCommandInput;
			return { $metadata, Attributes: queueAttributes(at(QueueUrl), AttributeNames, now) };
		},
	};

	return {
		execute(operation, input, now, partial = none) {
			const run = operations[operation] ?? unsupported(`SQS's ${operation}`);
			return run(input, { now, partial });
		},
		receiveFor(queueUrl, now, max) {
			const queue = at(queueUrl);
			return queue.receive(max, queue.settings.visibilitySeconds, now).map((entry) => messageOf(entry, ["All"]));
		},
		nextVisibleAt: (queueUrl, now) => at(queueUrl).nextVisibleAt(now),
		entries: (queueUrl) => at(queueUrl).entries.values(),
		addQueue,
	};
}

const entriesMax = 10;
const createFields = new Set(["QueueName"]);
const batchFields = new Set(["QueueUrl", "Entries"]);
const sendFields = new Set(["Id", "MessageBody", "DelaySeconds", "MessageGroupId"]);
const deleteFields = new Set(["Id", "ReceiptHandle"]);
const holdFields = new Set(["Id", "ReceiptHandle", "VisibilityTimeout"]);
const receiveFields = new Set([
	"QueueUrl",
	"MaxNumberOfMessages",
	"WaitTimeSeconds",
	"VisibilityTimeout",
	"MessageSystemAttributeNames",
]);

type Done = { readonly Id: string | undefined; readonly MessageId?: string };
type Failure = BatchResultErrorEntry;

const throttled = { SenderFault: false, Code: "ServiceUnavailable", Message: "The request was throttled" };
const notHeld = { SenderFault: true, Code: "InvalidParameterValue", Message: "The handle does not hold its message" };
const passes = () => undefined;

/** Executes a valid batch entry by entry. */
function forEachEntry<Part extends { readonly Id?: string | undefined }>(
	entries: readonly Part[],
	fields: ReadonlySet<string>,
	{ partial }: Call,
	check: (entries: readonly Part[]) => void,
	run: (entry: Part) => Done | Failure,
): object {
	if (entries.length === 0) throw sqsErrors.emptyBatch();
	if (entries.length > entriesMax) throw sqsErrors.tooMany();
	if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw sqsErrors.sameId();
	for (const entry of entries) onlyKnown("a batch's entry", entry, fields);
	check(entries);
	const Successful: Done[] = [];
	const Failed: Failure[] = [];
	for (const [index, entry] of entries.entries()) {
		const outcome = partial.skip(index) ? { Id: entry.Id, ...throttled } : run(entry);
		if ("SenderFault" in outcome) Failed.push(outcome);
		else Successful.push(outcome);
	}
	return Failed.length === 0 ? { $metadata, Successful } : { $metadata, Successful, Failed };
}

const octetsMax = 1_048_576;
const delayMaxSeconds = 900;
const visibilityMaxSeconds = 43_200;

const isTimeout = (seconds: number) => seconds >= 0 && seconds <= visibilityMaxSeconds;

function checkLength(entries: readonly SendMessageBatchRequestEntry[]): void {
	const octets = entries.reduce((sum, { MessageBody = "" }) => sum + Buffer.byteLength(MessageBody), 0);
	if (octets > octetsMax) throw sqsErrors.tooLong();
}

/** An error of one entry, as the sender's fault. */
function faultOf({ Id, MessageBody = "", DelaySeconds = 0, MessageGroupId }: SendMessageBatchRequestEntry) {
	const fault = { Id, SenderFault: true };
	if (MessageBody === "") return { ...fault, Code: "MissingParameter", Message: "MessageBody" };
	if (/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(MessageBody)) {
		return { ...fault, Code: "InvalidMessageContents", Message: "characters outside the allowed set" };
	}
	if (!(DelaySeconds >= 0 && DelaySeconds <= delayMaxSeconds)) {
		return { ...fault, Code: "InvalidParameterValue", Message: `DelaySeconds ${DelaySeconds}` };
	}
	if (MessageGroupId !== undefined && !/^[!-~]{1,128}$/.test(MessageGroupId)) {
		return { ...fault, Code: "InvalidParameterValue", Message: `MessageGroupId ${MessageGroupId}` };
	}
	return undefined;
}

const attributes: Readonly<Record<string, (entry: Entry) => string | undefined>> = {
	ApproximateReceiveCount: ({ receives }) => String(receives),
	SentTimestamp: ({ sentAt }) => String(sentAt),
	ApproximateFirstReceiveTimestamp: ({ firstReceivedAt }) => String(firstReceivedAt),
	MessageGroupId: ({ group }) => group,
};
const attributeNames = Object.keys(attributes);

function messageOf(entry: Entry, asked: readonly string[]): Message {
	const message: Message = { MessageId: entry.messageId, ReceiptHandle: handleOf(entry), Body: entry.body };
	if (asked.length === 0) return message;
	const Attributes: Record<string, string> = {};
	for (const name of asked.includes("All") ? attributeNames : asked) {
		const value = (attributes[name] ?? unsupported(`the attribute ${name} of a message`))(entry);
		if (value !== undefined) Attributes[name] = value;
	}
	return { ...message, Attributes };
}
