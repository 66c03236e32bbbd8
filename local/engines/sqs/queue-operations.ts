import type {
	CreateQueueCommandInput,
	GetQueueAttributesCommandInput,
	GetQueueUrlCommandInput,
	SetQueueAttributesCommandInput,
} from "@aws-sdk/client-sqs";
import { onlyKnown } from "#local/wire/unsupported.ts";
import { sqsErrors } from "./errors.ts";
import type { EngineQueues, Operations } from "./operations.ts";
import type { MemoryQueue } from "./queue.ts";
import { checkAttributes, conflictIn, defaultSettings, queueAttributes, settingsWith } from "./queue-attributes.ts";

const createFields = new Set(["QueueName", "Attributes"]);

export function queueOperations({ all, at, add, options }: EngineQueues): Operations {
	const urlOf = (arn: string) => [...all.values()].find(({ settings }) => settings.arn === arn)?.settings.url;

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
			const known = all.get(url);
			const conflict = known && conflictIn(known, Attributes);
			checkAttributes(Attributes);
			if (conflict !== undefined) throw sqsErrors.queueExists(conflict);
			if (known === undefined) set(add({ ...defaultSettings, url, arn }), Attributes);
			return { QueueUrl: url };
		},
		GetQueueUrl(input) {
			onlyKnown("GetQueueUrl", input, createFields);
			const { QueueName = "" } = input as GetQueueUrlCommandInput;
			return { QueueUrl: at(options.namesOf(QueueName).url).settings.url };
		},
		ListQueues(input) {
			onlyKnown("ListQueues", input, new Set());
			return { QueueUrls: [...all.keys()].sort() };
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
