import type {
	ChangeMessageVisibilityBatchCommandInput,
	DeleteMessageBatchCommandInput,
	ReceiveMessageCommandInput,
	SendMessageBatchCommandInput,
	SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { ServiceError } from "#local/wire/service-error.ts";
import { onlyKnown } from "#local/wire/unsupported.ts";
import { checkLength, checkReceive, faultOf, forEachEntry, isTimeout, receivedMessage } from "./entries.ts";
import type { EngineQueues, Operations, QueueEngineOptions } from "./operations.ts";
import type { Entry, MemoryQueue } from "./queue.ts";

const batchFields = new Set(["QueueUrl", "Entries"]);
const sendFields = new Set(["Id", "MessageBody", "DelaySeconds", "MessageGroupId"]);
const sendOneFields = new Set(["QueueUrl", "MessageBody", "DelaySeconds", "MessageGroupId"]);
const deleteFields = new Set(["Id", "ReceiptHandle"]);
const holdFields = new Set(["Id", "ReceiptHandle", "VisibilityTimeout"]);
const notHeld = { SenderFault: true, Code: "InvalidParameterValue", Message: "The handle does not hold its message" };
const passes = () => undefined;

export function entryOperations({ at, options }: EngineQueues): Operations {
	const { digest } = options;
	const send = sender(options);
	return {
		SendMessage(input, { now }) {
			onlyKnown("SendMessage", input, sendOneFields);
			const entry = input as SendMessageCommandInput;
			const queue = at(entry.QueueUrl);
			checkLength([entry]);
			const wrong = faultOf(entry);
			if (wrong !== undefined) throw new ServiceError(wrong.Code, wrong.Message);
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
			return given.length === 0 ? {} : { Messages: given.map((one) => receivedMessage(one, names, digest)) };
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
