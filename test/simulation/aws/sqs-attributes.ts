import type { MemoryQueue, QueueSettings } from "./sqs-queue.ts";

const account = "000000000000";

/** The settings of a queue that was created by name only. */
export function defaultSettings(name: string): QueueSettings {
	return {
		url: `https://sqs.eu-central-1.amazonaws.com/${account}/${name}`,
		arn: `arn:aws:sqs:eu-central-1:${account}:${name}`,
		visibilitySeconds: 30,
		retentionSeconds: 4 * 24 * 60 * 60,
	};
}

type Redrive = { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };

/** The settings after these attributes change them. @param urlOf the URL of the queue with an ARN. */
export function settingsWith(
	before: QueueSettings,
	attributes: Readonly<Record<string, string | undefined>>,
	urlOf: (arn: string) => string | undefined,
): QueueSettings {
	const { VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } = attributes;
	return {
		...before,
		...(VisibilityTimeout !== undefined && { visibilitySeconds: Number(VisibilityTimeout) }),
		...(MessageRetentionPeriod !== undefined && { retentionSeconds: Number(MessageRetentionPeriod) }),
		...(RedrivePolicy !== undefined && { dead: deadOf(JSON.parse(RedrivePolicy) as Redrive, urlOf) }),
	};
}

function deadOf({ deadLetterTargetArn, maxReceiveCount }: Redrive, urlOf: (arn: string) => string | undefined) {
	const url = urlOf(deadLetterTargetArn);
	if (url === undefined) throw new Error(`no queue has the ARN ${deadLetterTargetArn}`);
	return { url, receivesMax: maxReceiveCount };
}

/** The attributes that GetQueueAttributes returns. Attributes that the queue does not have are left out. */
export function queueAttributes(queue: MemoryQueue, names: readonly string[], now: number): Record<string, string> {
	const { visible, held, delayed } = queue.depth(now);
	const { arn, visibilitySeconds, retentionSeconds } = queue.settings;
	const all: Record<string, string> = {
		...queue.attributes,
		QueueArn: arn,
		VisibilityTimeout: String(visibilitySeconds),
		MessageRetentionPeriod: String(retentionSeconds),
		ApproximateNumberOfMessages: String(visible),
		ApproximateNumberOfMessagesNotVisible: String(held),
		ApproximateNumberOfMessagesDelayed: String(delayed),
	};
	if (names.includes("All")) return all;
	return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
