import { hourCountsOf } from "#shared/aws/dynamo/dynamo-counts.ts";
import { isFinal } from "#shared/domain/message/statuses.ts";
import { flushEveryMs } from "#shared/usecases/counts/count-buffer.ts";
import { checkCounts } from "./checks/counts.ts";
import type { Failure } from "./checks/failures.ts";
import { checkEnd, isReportMissing } from "./checks/final.ts";
import { checkDailyQuota } from "./checks/quota.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { tables } from "./world/deployment.ts";
import { type Disaster, planDisaster } from "./world/disaster.ts";
import { startFaults } from "./world/faults.ts";
import type { Code } from "./world/load-code.ts";
import { historySettings } from "./world/settings.ts";
import { sleepWhenIdle } from "./world/sleep.ts";
import { startTraffic } from "./world/traffic.ts";
import { openWorld, type World } from "./world/world.ts";

export type HistoryOptions = {
	readonly seed: number;
	readonly isTraced: boolean;
	/** If given, only these kinds of fault may occur. */
	readonly only?: ReadonlySet<string> | undefined;
	/** Whether the stage is lost at some instant, and restored. */
	readonly isLost?: boolean;
};

export type HistoryResult = {
	readonly seed: number;
	/** Two runs of a seed have the same hash. */
	readonly hash: string;
	readonly events: number;
	readonly virtualMs: number;
	/** Number of messages that clients requested, and of those confirmed to them. */
	readonly messages: number;
	readonly promised: number;
	/** Deaths of SMPP tasks and of containers. */
	readonly deaths: number;
	readonly copies: number;
	readonly copiesMax: number;
	/** Number of copies explained only by a known limit. */
	readonly limits: readonly (readonly [limit: string, copies: number])[];
	readonly faults: readonly string[];
	/** The pairs of fault and write step that occurred, and those that could have. */
	readonly pairs: readonly string[];
	readonly possiblePairs: readonly string[];
	readonly failures: readonly Failure[];
	/** Messages whose tasks died before each counted submit, with these causes. */
	readonly givenUp: readonly string[];
	/** The scripted faults that did not occur. */
	readonly unmet: readonly string[];
	/** The lines of the trace, if it was kept. */
	readonly lines: readonly string[];
};

/** Far more events than any history has: a history that reaches it is in an endless loop. */
const eventsMax = 1_000_000;
/** Interval of the check whether the history is over. */
const watchMs = { early: 1_000, late: 20_000 } as const;
const earlyMs = 5 * 60_000;

/** Runs the history of a seed, from its first message until no work is left, and checks it. */
export function runHistory(code: Code, { seed, isTraced, only, isLost = false }: HistoryOptions): HistoryResult {
	const settings = historySettings(seed, only);
	const world = openWorld({ code, settings, isTraced });
	const mos = new Set<string>();
	world.tasks.keep(settings.tasks);
	const traffic = startTraffic({ ...world, onMo: (sender) => void mos.add(sender) });
	startFaults(world);
	sleepWhenIdle(world, () => traffic.isPaused);
	const { trafficMs } = settings;
	const lostMs = world.kernel.draws.number("disaster", "when") * trafficMs * 1.5;
	return finish(world, mos, traffic, isLost ? planDisaster(code, world, lostMs) : undefined);
}

/** Runs a scripted history, without faults except those of its script. */
export function runScenario(
	code: Code,
	{ settings = {}, smsc, webhook, script, act }: Scenario,
	isTraced: boolean,
): HistoryResult {
	const calm = historySettings(1, new Set());
	const [operator] = calm.operators;
	const operators = operator === undefined ? [] : [{ ...operator, binds: 1 }];
	const own = { ...calm, operators, trafficMs: 60_000, faultsMs: 0, ...settings };
	const world = openWorld({ code, settings: own, isTraced, smsc, webhook, script: new Map(Object.entries(script)) });
	act(world);
	const result = finish(world, new Set(), {
		get isOver() {
			return world.acts.left === 0;
		},
		messages: 0,
	});
	const wanted = Object.entries(script).flatMap(([step, faults]) =>
		faults.flatMap((fault) => fault?.kind ?? []).map((kind) => `${kind} ${step}`),
	);
	return { ...result, unmet: [...new Set(wanted)].filter((pair) => !world.faults.scripted.has(pair)) };
}

type TrafficState = { readonly isOver: boolean; readonly messages: number };

function finish(world: World, mos: ReadonlySet<string>, traffic: TrafficState, disaster?: Disaster): HistoryResult {
	const { kernel, failures, settings, faults } = world;
	const events = runUntilQuiet(world, traffic, () => disaster?.isUnderWay === true);
	const givenUp = check(world, mos, disaster);
	const { copies } = world;
	const { deaths } = kernel.counts;
	for (const crash of kernel.crashes) failures.add("crash", crash);
	world.close();
	return {
		seed: settings.seed,
		hash: kernel.trace.hash,
		events,
		virtualMs: kernel.now - settings.startAt,
		messages: traffic.messages,
		promised: [...world.promises.all()].length,
		deaths: [...deaths.values()].reduce((sum, one) => sum + one, 0),
		copies: copies.count,
		copiesMax: copies.most,
		limits: [...copies.limits],
		faults: [...settings.faults],
		pairs: [...faults.pairs],
		possiblePairs: [...faults.possible],
		failures: failures.all,
		givenUp,
		unmet: [],
		lines: kernel.trace.lines,
	};
}

/** Returns the number of events run. */
function runUntilQuiet(world: World, traffic: TrafficState, isLost: () => boolean): number {
	const { kernel, faultsUntil, failures } = world;
	let isOver = false;
	const watch = () => {
		isOver = !isLost() && unsettledWork(world, traffic).length === 0;
		const isEarly = kernel.now < faultsUntil + earlyMs;
		if (!isOver) kernel.after(isEarly ? watchMs.early : watchMs.late, undefined, watch);
	};
	kernel.at(faultsUntil, undefined, watch);
	const events = kernel.run(() => isOver, eventsMax);
	const until = new Date(kernel.now).toISOString();
	if (!isOver)
		failures.add(
			"stuck",
			`work was left after ${events} events, at ${until}: ${unsettledWork(world, traffic).join(", ")}`,
		);
	runUntilCounted(kernel);
	return events;
}

/** Until each task has written its counts. */
function runUntilCounted(kernel: World["kernel"]): void {
	const until = kernel.now + 2 * flushEveryMs;
	kernel.at(until, undefined, () => undefined);
	kernel.run(() => kernel.now >= until, eventsMax);
}

const queues = ["receipts", "reports", "due-shards", "incoming", "account-esme"] as const;

/** The work that waits, is under way or is still to come. */
function unsettledWork(world: World, traffic: TrafficState): readonly string[] {
	const queued = queues.filter((role) => world.entries(role) > 0).map((role) => `entries of ${role}`);
	const delivering = world.smscs
		.filter((smsc) => smsc.hasDeliveries(Number.POSITIVE_INFINITY))
		.map(({ operator }) => `deliveries of ${operator}`);
	return [
		...(traffic.isOver ? [] : ["clients"]),
		...(world.laneEntries() > 0 ? ["lanes"] : []),
		...queued,
		...delivering,
		...(world.holders.waitingReports > 0 ? ["reports in slots"] : []),
		...(isAnyHeld(world) ? ["messages"] : []),
	];
}

/** Whether an unfinished message has a holder. Messages without one make no more progress. */
function isAnyHeld(world: World): boolean {
	const { mirror, holders } = world;
	for (const row of mirror.rows()) {
		if (holders.of(row.messageId) > 0 && (!isFinal(row.status) || isReportMissing(world, row))) return true;
	}
	return false;
}

function countsIn({ dynamo }: World) {
	return [...dynamo.items(tables.counts)].flatMap((item) => hourCountsOf(item).counts);
}

/** Deaths, freezes and faults that may have cost counts. */
function countLosses({ kernel, faults }: World): number {
	const processes = [kernel.counts.deaths, kernel.counts.freezes].flatMap((all) => [...all.values()]);
	const writes = [...faults.pairs].filter((pair) => /:counts$|^outage/.test(pair)).length;
	return processes.reduce((sum, one) => sum + one, writes);
}

/** Returns the messages that were given up. */
function check(world: World, mos: ReadonlySet<string>, disaster: Disaster | undefined): readonly string[] {
	const { submitsTo, dynamo, reports, failures, settings, moDelivered } = world;
	const taken = [...submitsTo].map(
		([recipient, own]) => [recipient, own.filter(({ commandStatus }) => commandStatus === 0)] as const,
	);
	const givenUp = checkEnd({
		...world,
		submits: new Map(taken),
		isCalm: settings.faults.size === 0 && world.faults.scripted.size === 0 && !world.hasOwnSmsc,
		submittedAs: (ref) => Number(dynamo.item(tables.submissions, { smsc_ref: { S: ref } })?.["m"]?.N),
		wasPaused: world.batchOperator.wasPaused,
		isReceiptLost: (recipient) => disaster?.lostReceipts.has(recipient) === true,
	});
	if (settings.messagesPerDay !== null) checkDailyQuota(world, "esme", settings.messagesPerDay);
	checkCounts({ ...world, counted: countsIn(world), losses: countLosses(world) });
	for (const sender of mos) {
		if (!moDelivered.has(sender) || reports.isMoTaken(sender) || disaster?.lostMos.has(sender)) continue;
		failures.add("unreported", `the message from subscriber ${sender} did not reach its client`);
	}
	return givenUp;
}
