import type {
	ChangeMessageVisibilityBatchCommandInput,
	CreateQueueCommandInput,
	DeleteMessageBatchCommandInput,
	GetQueueAttributesCommandInput,
	GetQueueUrlCommandInput,
	Message,
	ReceiveMessageCommandInput,
	SendMessageBatchCommandInput,
	SendMessageCommandInput,
	SetQueueAttributesCommandInput,
} from "@aws-sdk/client-sqs";
import { onlyKnown, unsupported } from "#local/wire/unsupported.ts";
import type { Partial } from "../partial.ts";
import { checkLength, checkReceive, faultOf, forEachEntry, isTimeout, messageOf } from "./entries.ts";
import { sqsErrors } from "./errors.ts";
import {
	type Entry,
	type MemoryQueue,
	memoryQueue,
	type QueuedEntry,
	type QueueOptions,
	type QueueSettings,
} from "./queue.ts";
import { checkAttributes, conflictIn, defaultSettings, queueAttributes, settingsWith } from "./queue-attributes.ts";

/**
 * SQS standard queues in memory, as far as the gateway uses them. A state machine without timers: each call passes the time. The
 * next call on a queue applies its retention.
 */
export type QueueEngine = {
	/**
	 * Returns the visible entries. The caller waits for a long poll. @param operation the command's name without
	 * `Command`. @throws ServiceError if the service refuses the call; Unsupported if the engine does not know what is asked.
	 */
	execute(operation: string, input: object, now: number, partial?: Partial): object;
	/** ReceiveMessage with all attributes, for an event source mapping, which collects more than ten entries. */
	receiveFor(queueUrl: string, now: number, max: number): readonly Message[];
	/**
	 * The next instant after `now` at which an entry of this queue becomes visible; undefined if none waits. A call may
	 * also make entries visible at once: ask again after each call on the queue.
	 */
	nextVisibleAt(queueUrl: string, now: number): number | undefined;
	queue(queueUrl: string): MemoryQueue;
	entries(
		queueUrl: string,
	): Iterable<QueuedEntry & { readonly receives: number; readonly visibleAt: number; readonly sentAt: number }>;
	addQueue(queue: QueueSettings): MemoryQueue;
	/** All entries of all queues are lost. Nothing is reported. */
	lose(): void;
};

export type QueueEngineOptions = QueueOptions & {
	/** The URL and the ARN of a queue. */
	readonly namesOf: (name: string) => { readonly url: string; readonly arn: string };
	/** MD5 of a body, which SDK clients check if an answer has it. */
	readonly digest?: (body: string) => string;
};

type Call = { readonly now: number; readonly partial: Partial };
type Operation = (input: object, call: Call) => object;

const none: Partial = { skip: () => false };

export function queueEngine(all: readonly QueueSettings[], options: QueueEngineOptions): QueueEngine {
	const queues = new Map<string, MemoryQueue>();

	function at(url: string | undefined): MemoryQueue {
		const queue = queues.get(url ?? "");
		if (queue === undefined) throw url === undefined ? sqsErrors.missing("QueueUrl") : sqsErrors.noQueue();
		return queue;
	}

	function addQueue(settings: QueueSettings): MemoryQueue {
		if (queues.has(settings.url)) throw new Error(`there is a queue ${settings.url} already`);
		const queue = memoryQueue(settings, options, (entry, deadUrl, now) => {
			at(deadUrl).add({ ...entry, queueUrl: deadUrl, visibleAt: now, heldUntil: now }, now);
		});
		queues.set(settings.url, queue);
		return queue;
	}

	for (const settings of all) addQueue(settings);
	const deps = { queues, at, addQueue, options };
	const operations = { ...entryOperations(deps), ...queueOperations(deps) };

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
		queue: at,
		entries: (queueUrl) => at(queueUrl).entries.values(),
		addQueue,
		lose() {
			for (const queue of queues.values()) queue.clear();
		},
	};
}

type Deps = {
	readonly queues: ReadonlyMap<string, MemoryQueue>;
	readonly at: (url: string | undefined) => MemoryQueue;
	readonly addQueue: (settings: QueueSettings) => MemoryQueue;
	readonly options: QueueEngineOptions;
};

type Operations = Readonly<Record<string, Operation>>;

const batchFields = new Set(["QueueUrl", "Entries"]);
const sendFields = new Set(["Id", "MessageBody", "DelaySeconds", "MessageGroupId"]);
const sendOneFields = new Set(["QueueUrl", "MessageBody", "DelaySeconds", "MessageGroupId"]);
const deleteFields = new Set(["Id", "ReceiptHandle"]);
const holdFields = new Set(["Id", "ReceiptHandle", "VisibilityTimeout"]);
const notHeld = { SenderFault: true, Code: "InvalidParameterValue", Message: "The handle does not hold its message" };
const passes = () => undefined;

function entryOperations({ at, options }: Deps): Operations {
	const { digest } = options;
	const send = sender(options);
	return {
		SendMessage(input, { now }) {
			onlyKnown("SendMessage", input, sendOneFields);
			const entry = input as SendMessageCommandInput;
			const queue = at(entry.QueueUrl);
			checkLength([entry]);
			const wrong = faultOf(entry);
			if (wrong !== undefined) throw sqsErrors.badParameter(`${wrong.Code}: ${wrong.Message}`);
			return send(queue, entry, now);
		},
		SendMessageBatch(input, { now, partial }) {
			onlyKnown("SendMessageBatch", input, batchFields);
			const { QueueUrl, Entries = [] } = input as SendMessageBatchCommandInput;
			const queue = at(QueueUrl);
			return forEachEntry(Entries, sendFields, partial, checkLength, (entry) => {
				const wrong = faultOf(entry);
				if (wrong !== undefined) return { Id: entry.Id, SenderFault: true, ...wrong };
				return { Id: entry.Id, ...send(queue, entry, now) };
			});
		},
		ReceiveMessage(input, { now }) {
			const { QueueUrl, VisibilityTimeout, ...asked } = input as ReceiveMessageCommandInput;
			checkReceive(input as ReceiveMessageCommandInput);
			const { MaxNumberOfMessages: max = 1, MessageSystemAttributeNames: names = [] } = asked;
			const queue = at(QueueUrl);
			const given = queue.receive(max, VisibilityTimeout ?? queue.settings.visibilitySeconds, now);
			return given.length === 0 ? {} : { Messages: given.map((one) => messageOf(one, names, digest)) };
		},
		DeleteMessageBatch(input, { now, partial }) {
			onlyKnown("DeleteMessageBatch", input, batchFields);
			const { QueueUrl, Entries = [] } = input as DeleteMessageBatchCommandInput;
			const queue = at(QueueUrl);
			return forEachEntry(Entries, deleteFields, partial, passes, ({ Id, ReceiptHandle = "" }) => {
				queue.remove(ReceiptHandle, now);
				return { Id };
			});
		},
		ChangeMessageVisibilityBatch(input, { now, partial }) {
			onlyKnown("ChangeMessageVisibilityBatch", input, batchFields);
			const { QueueUrl, Entries = [] } = input as ChangeMessageVisibilityBatchCommandInput;
			const queue = at(QueueUrl);
			return forEachEntry(Entries, holdFields, partial, passes, ({ Id, ReceiptHandle = "", VisibilityTimeout = 0 }) => {
				const isHeld = isTimeout(VisibilityTimeout) && queue.hold(ReceiptHandle, VisibilityTimeout, now);
				return isHeld ? { Id } : { Id, ...notHeld };
			});
		},
	};
}

type Outgoing = Pick<SendMessageCommandInput, "MessageBody" | "DelaySeconds" | "MessageGroupId">;

function sender({ newId, digest, firstPlace = 1 }: QueueEngineOptions) {
	let place = firstPlace - 1;
	return (
		queue: MemoryQueue,
		{ MessageBody: body = "", MessageGroupId: group, DelaySeconds }: Outgoing,
		now: number,
	) => {
		const messageId = newId();
		place += 1;
		const delaySeconds = DelaySeconds ?? queue.settings.delaySeconds ?? 0;
		const entry: Entry = {
			messageId,
			body,
			queueUrl: queue.settings.url,
			group,
			place,
			receives: 0,
			sentAt: now,
			visibleAt: now + delaySeconds * 1_000,
			heldUntil: now,
			heldSeconds: 0,
			firstReceivedAt: 0,
			receivedAt: 0,
		};
		queue.add(entry, now);
		return { MessageId: messageId, ...(digest && { MD5OfMessageBody: digest(body) }) };
	};
}

const createFields = new Set(["QueueName", "Attributes"]);

function queueOperations({ queues, at, addQueue, options }: Deps): Operations {
	const urlOf = (arn: string) => [...queues.values()].find(({ settings }) => settings.arn === arn)?.settings.url;

	function set(queue: MemoryQueue, attributes: Readonly<Record<string, string | undefined>>): void {
		checkAttributes(attributes);
		queue.settings = settingsWith(queue.settings, attributes, urlOf);
		Object.assign(queue.attributes, attributes);
		options.onDefined?.(queue);
	}

	return {
		CreateQueue(input) {
			onlyKnown("CreateQueue", input, createFields);
			const { QueueName = "", Attributes = {} } = input as CreateQueueCommandInput;
			if (!/^[\w-]{1,80}$/.test(QueueName)) throw sqsErrors.badParameter(`QueueName ${QueueName}`);
			const { url, arn } = options.namesOf(QueueName);
			const known = queues.get(url);
			const conflict = known && conflictIn(known, Attributes);
			if (conflict !== undefined) throw sqsErrors.queueExists(conflict);
			checkAttributes(Attributes);
			if (known === undefined) set(addQueue({ ...defaultSettings, url, arn }), Attributes);
			return { QueueUrl: url };
		},
		GetQueueUrl(input) {
			onlyKnown("GetQueueUrl", input, createFields);
			const { QueueName = "" } = input as GetQueueUrlCommandInput;
			return { QueueUrl: at(options.namesOf(QueueName).url).settings.url };
		},
		ListQueues(input) {
			onlyKnown("ListQueues", input, new Set());
			return { QueueUrls: [...queues.keys()].sort() };
		},
		SetQueueAttributes(input) {
			const { QueueUrl, Attributes = {} } = input as SetQueueAttributesCommandInput;
			set(at(QueueUrl), Attributes);
			return {};
		},
		GetQueueAttributes(input, { now }) {
			const { QueueUrl, AttributeNames = [] } = input as GetQueueAttributesCommandInput;
			return { Attributes: queueAttributes(at(QueueUrl), AttributeNames, now) };
		},
	};
}
