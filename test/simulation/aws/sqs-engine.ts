import {
	BatchEntryIdsNotDistinct,
	BatchRequestTooLong,
	EmptyBatchRequest,
	QueueDoesNotExist,
	SQSServiceException,
	TooManyEntriesInBatchRequest,
} from "@aws-sdk/client-sqs";
import type { VisibleEntries, WaitingEntries } from "#local/engines/sqs/entry-lists.ts";
import type { Entry, QueueOptions, QueueSettings } from "#local/engines/sqs/queue.ts";
import { type QueueEngine, queueEngine } from "#local/engines/sqs/queue-engine.ts";
import { ServiceError } from "#local/wire/service-error.ts";
import { sortedList } from "./sorted-list.ts";

export type { QueuedEntry, QueueSettings, QueueWatcher } from "#local/engines/sqs/queue.ts";

/** The local stack's queues, at the level of the SDK's commands. */
export type SqsEngine = QueueEngine;

export type SqsEngineOptions = Omit<QueueOptions, "visible" | "waiting"> & {
	/** The index of the visible entry that a receiver gets next, oldest first. Default: the oldest. */
	readonly pick?: (visible: number) => number;
};

export function sqsEngine(all: readonly QueueSettings[], { pick = () => 0, ...options }: SqsEngineOptions): SqsEngine {
	const engine = queueEngine(all, {
		...options,
		visible: () => visibleEntries(pick),
		waiting: waitingEntries,
		namesOf,
	});
	return {
		...engine,
		execute(operation, input, now, partial) {
			try {
				return { $metadata: {}, ...engine.execute(operation, input, now, partial) };
			} catch (error) {
				throw error instanceof ServiceError ? sdkErrorOf(error) : error;
			}
		},
	};
}

const account = "000000000000";

function namesOf(name: string) {
	return {
		url: `https://sqs.eu-central-1.amazonaws.com/${account}/${name}`,
		arn: `arn:aws:sqs:eu-central-1:${account}:${name}`,
	};
}

function visibleEntries(pick: (visible: number) => number): VisibleEntries<Entry> {
	const list = sortedList<Entry>((one, other) => one.place - other.place);
	return {
		get size() {
			return list.values.length;
		},
		add: list.add,
		remove: (entry) => list.remove(entry) !== undefined,
		take() {
			if (list.values.length === 0) return undefined;
			const entry = list.removeAt(pick(list.values.length));
			if (entry === undefined) throw new Error("pick gives an index that is not there");
			return entry;
		},
	};
}

function waitingEntries(): WaitingEntries<Entry> {
	const list = sortedList<Entry>((one, other) => one.visibleAt - other.visibleAt || one.place - other.place);
	return {
		get size() {
			return list.values.length;
		},
		add: list.add,
		remove: (entry) => list.remove(entry) !== undefined,
		first: () => list.values[0],
	};
}

const classes = {
	BatchEntryIdsNotDistinct,
	BatchRequestTooLong,
	EmptyBatchRequest,
	QueueDoesNotExist,
	TooManyEntriesInBatchRequest,
} as const;

/** The error as the SDK throws it. */
function sdkErrorOf({ name, message }: ServiceError): SQSServiceException {
	const fields = { message, $metadata: { httpStatusCode: 400 } };
	const known = Object.hasOwn(classes, name) ? classes[name as keyof typeof classes] : undefined;
	return known === undefined ? new SQSServiceException({ name, $fault: "client", ...fields }) : new known(fields);
}
