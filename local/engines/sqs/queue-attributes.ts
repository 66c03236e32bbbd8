import { unsupported } from "#local/wire/unsupported.ts";
import { sqsErrors } from "./errors.ts";
import type { MemoryQueue, QueueSettings } from "./queue.ts";

/** The settings of a queue that was created by name only. */
export const defaultSettings = {
	visibilitySeconds: 30,
	retentionSeconds: 4 * 24 * 60 * 60,
} as const;

/** The range of each numeric attribute that can be set. */
const ranges: Readonly<Record<string, readonly [least: number, most: number]>> = {
	VisibilityTimeout: [0, 43_200],
	MessageRetentionPeriod: [60, 1_209_600],
	DelaySeconds: [0, 900],
	ReceiveMessageWaitTimeSeconds: [0, 20],
};

/** Kept and returned, without an effect. */
const plainAttributes: ReadonlySet<string> = new Set(["Policy", "SqsManagedSseEnabled", "KmsMasterKeyId"]);

export function checkAttributes(attributes: Readonly<Record<string, string | undefined>>): void {
	for (const [name, value] of Object.entries(attributes)) {
		const range = ranges[name];
		if (range === undefined) {
			if (name !== "RedrivePolicy" && !plainAttributes.has(name)) unsupported(`the attribute ${name} of a queue`);
			continue;
		}
		const [least, most] = range;
		if (!/^\d+$/.test(value ?? "") || Number(value) < least || Number(value) > most) {
			throw sqsErrors.badAttribute(name);
		}
	}
}

/** The first attribute with another value than the queue has. */
export function conflictIn(
	queue: MemoryQueue,
	attributes: Readonly<Record<string, string | undefined>>,
): string | undefined {
	const current = attributesOf(queue);
	return Object.keys(attributes).find((name) => (current[name] ?? attributes[name]) !== attributes[name]);
}

type Redrive = { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };

/** The settings after these attributes change them. @param urlOf the URL of the queue with an ARN. */
export function settingsWith(
	before: QueueSettings,
	attributes: Readonly<Record<string, string | undefined>>,
	urlOf: (arn: string) => string | undefined,
): QueueSettings {
	const { RedrivePolicy } = attributes;
	const seconds = (name: string) => attributes[name] !== undefined && Number(attributes[name]);
	const [visibility, retention] = [seconds("VisibilityTimeout"), seconds("MessageRetentionPeriod")];
	const [delay, wait] = [seconds("DelaySeconds"), seconds("ReceiveMessageWaitTimeSeconds")];
	return {
		...before,
		...(visibility !== false && { visibilitySeconds: visibility }),
		...(retention !== false && { retentionSeconds: retention }),
		...(delay !== false && { delaySeconds: delay }),
		...(wait !== false && { waitSeconds: wait }),
		...(RedrivePolicy !== undefined && { dead: deadOf(JSON.parse(RedrivePolicy) as Redrive, urlOf) }),
	};
}

function deadOf({ deadLetterTargetArn, maxReceiveCount }: Redrive, urlOf: (arn: string) => string | undefined) {
	const url = urlOf(deadLetterTargetArn);
	if (url === undefined) throw sqsErrors.badParameter(`no queue has the ARN ${deadLetterTargetArn}`);
	return { url, receivesMax: Number(maxReceiveCount) };
}

function attributesOf({ settings, attributes }: MemoryQueue): Record<string, string> {
	return {
		...attributes,
		QueueArn: settings.arn,
		VisibilityTimeout: String(settings.visibilitySeconds),
		MessageRetentionPeriod: String(settings.retentionSeconds),
		DelaySeconds: String(settings.delaySeconds ?? 0),
		ReceiveMessageWaitTimeSeconds: String(settings.waitSeconds ?? 0),
	};
}

/** The attributes that GetQueueAttributes returns. Attributes that the queue does not have are left out. */
export function queueAttributes(queue: MemoryQueue, names: readonly string[], now: number): Record<string, string> {
	const { visible, held, delayed } = queue.depth(now);
	const all: Record<string, string> = {
		...attributesOf(queue),
		ApproximateNumberOfMessages: String(visible),
		ApproximateNumberOfMessagesNotVisible: String(held),
		ApproximateNumberOfMessagesDelayed: String(delayed),
	};
	if (names.includes("All")) return all;
	return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
