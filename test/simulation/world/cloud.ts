import { dynamoEngine, type ItemChange, type SimulatedDynamoEngine } from "../aws/dynamo-engine.ts";
import { type FaultPlan, faultPlan, type PlannedFault } from "../aws/fault-plan.ts";
import { activateAws } from "../aws/patch-clients.ts";
import { type QueueWaiters, queueWaiters } from "../aws/queue-waiters.ts";
import { type SchedulerEngine, schedulerEngine } from "../aws/scheduler-engine.ts";
import { simulatedAws } from "../aws/simulated-aws.ts";
import { type QueuedEntry, type SqsEngine, sqsEngine } from "../aws/sqs-engine.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { esmeQueueRole, writeAccounts } from "./accounts.ts";
import {
	laneQueueUrls,
	prefix,
	queuePair,
	queueSettings,
	queueUrl,
	restoredSchemas,
	restoredTable,
	tableSchemas,
	tables,
} from "./deployment.ts";
import type { HistorySettings } from "./settings.ts";

/** AWS in one history: its services, and the number of entries in its queues. */
export type Cloud = {
	readonly dynamo: SimulatedDynamoEngine;
	readonly sqs: SqsEngine;
	readonly scheduler: SchedulerEngine;
	readonly waiters: QueueWaiters;
	readonly faults: FaultPlan;
	/** Number of entries in a queue, visible or not. */
	entries(role: string): number;
	laneEntries(): number;
	/**
	 * Whether an SMPP task holds an entry that only it can process, or such an entry is visible now or within this
	 * time.
	 */
	hasTaskEntries(withinMs: number): boolean;
	/**
	 * Tables, queues and schedules are lost, with the calls that are under way. AWS has restored the tables, as they are
	 * now, under other names.
	 */
	lose(): void;
};

export type CloudOptions = {
	readonly kernel: Kernel;
	readonly settings: HistorySettings;
	/** Random faults end at this time. */
	readonly faultsUntil: number;
	readonly hasFault: (kind: string) => boolean;
	readonly script?: ReadonlyMap<string, readonly (PlannedFault | undefined)[]> | undefined;
	readonly onChange: (change: ItemChange) => void;
	readonly onAdded: (entry: QueuedEntry) => void;
	readonly onRemoved: (entry: QueuedEntry, why: string) => void;
	/** SQS delivers an entry twice. */
	readonly onRepeated: (entry: QueuedEntry) => void;
	readonly onLapsed: (entry: QueuedEntry) => void;
	/** A schedule was created. */
	readonly onSchedule: () => void;
};

/** Slots are due hours after random faults end: the steps of slots get their assigned faults then. */
const assignedMs = 5 * 60 * 60_000;
const accountVisibilitySeconds = 30;
const repeatRate = 0.02;

export function openCloud(options: CloudOptions): Cloud {
	const { kernel, settings, faultsUntil, hasFault, script } = options;
	const { draws } = kernel;
	const counts = new Map<string, number>();
	const count = (url: string, by: 1 | -1) => void counts.set(url, (counts.get(url) ?? 0) + by);
	let entriesSoFar = 0;

	const sqs = sqsEngine([...queueSettings, ...queuePair(esmeQueueRole, accountVisibilitySeconds)], {
		newId() {
			entriesSoFar += 1;
			return `entry-${entriesSoFar}`;
		},
		watcher: {
			added(entry) {
				count(entry.queueUrl, 1);
				options.onAdded(entry);
				waiters.changed(entry.queueUrl);
			},
			removed(entry, why) {
				count(entry.queueUrl, -1);
				options.onRemoved(entry, why);
			},
		},
		repeats(entry) {
			const isRepeated = hasFault("sqs-duplicate") && draws.chance("sqs", "repeats", repeatRate);
			if (isRepeated) options.onRepeated(entry);
			return isRepeated;
		},
		onLapsed: options.onLapsed,
		pick: (visible) => (hasFault("sqs-disorder") ? draws.integer("sqs", "picks", 0, visible - 1) : 0),
	});
	const waiters = queueWaiters(kernel, sqs.nextVisibleAt);
	const dynamo = dynamoEngine([...tableSchemas, ...restoredSchemas], options.onChange);
	const scheduler = schedulerEngine();
	const faults = faultPlan({
		kernel,
		kinds: settings.faults,
		until: faultsUntil,
		assignedUntil: settings.startAt + assignedMs,
		script,
	});
	const { onSchedule } = options;
	const aws = simulatedAws({ kernel, prefix, dynamo, sqs, scheduler, waiters, faults, onSchedule });
	activateAws(aws);
	writeAccounts(dynamo, settings.messagesPerDay);

	const laneQueues = Object.values(laneQueueUrls);
	const taskQueues = [...laneQueues, queueUrl(esmeQueueRole)];
	return {
		dynamo,
		sqs,
		scheduler,
		waiters,
		faults,
		entries: (role) => counts.get(queueUrl(role)) ?? 0,
		lose() {
			for (const [role, name] of Object.entries(tables)) {
				const restored = restoredTable(role);
				for (const Item of dynamo.items(name)) {
					dynamo.execute("BatchWriteItem", { RequestItems: { [restored]: [{ PutRequest: { Item } }] } });
				}
				dynamo.lose(name);
			}
			sqs.lose();
			counts.clear();
			scheduler.lose();
			aws.lose();
		},
		laneEntries: () => laneQueues.reduce((sum, url) => sum + (counts.get(url) ?? 0), 0),
		hasTaskEntries(withinMs) {
			const soon = (url: string) => [...sqs.entries(url)].some(({ visibleAt }) => visibleAt <= kernel.now + withinMs);
			return taskQueues.some((url) => (counts.get(url) ?? 0) > 0 && soon(url));
		},
	};
}
