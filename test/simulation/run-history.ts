import { isFinal } from "#shared/domain/statuses.ts";
import { copiesMax, copiesOf } from "./checks/copies.ts";
import type { Failure } from "./checks/failures.ts";
import { checkEnd } from "./checks/final.ts";
import { tables } from "./world/deployment.ts";
import type { Code } from "./world/load-code.ts";
import { historySettings } from "./world/settings.ts";
import { sleepWhenIdle } from "./world/sleep.ts";
import { startTraffic } from "./world/traffic.ts";
import { startTrouble } from "./world/trouble.ts";
import { openWorld, type World } from "./world/world.ts";

export type HistoryOptions = {
	readonly seed: number;
	readonly isTraced?: boolean;
	/** Where given, the kinds of fault that may occur at all. */
	readonly only?: ReadonlySet<string>;
};

export type HistoryResult = {
	readonly seed: number;
	/** Two runs of a seed have the same. */
	readonly hash: string;
	readonly events: number;
	readonly virtualMs: number;
	readonly messages: number;
	readonly promised: number;
	/** Deaths of SMPP tasks and of containers. */
	readonly deaths: number;
	readonly copies: number;
	readonly copiesMax: number;
	readonly faults: readonly string[];
	/** Which faults met which write steps, and which write steps there were. */
	readonly pairs: readonly string[];
	readonly steps: readonly string[];
	readonly failures: readonly Failure[];
	readonly lines: readonly string[];
};

const eventsMax = 1_000_000;
/** How often it is asked whether all is quiet. */
const watchMs = { early: 1_000, late: 20_000 } as const;
const earlyMs = 5 * 60_000;

/** Runs one history, from its first message until all is quiet, and checks it. */
export function runHistory(code: Code, { seed, isTraced = false, only }: HistoryOptions): HistoryResult {
	const settings = historySettings(seed, only);
	const world = openWorld({ code, settings, isTraced });
	const { kernel, failures, tasks } = world;
	const mos = new Set<string>();
	tasks.keep(settings.tasks);
	const { heard, clients, esme, smscs } = world;
	const onMo = (sender: string) => void mos.add(sender);
	const traffic = startTraffic({ kernel, settings, clients, esme, smscs, heard, onMo });
	startTrouble(world);
	sleepWhenIdle(world, () => traffic.isOver);
	let isOver = false;
	const watch = () => {
		isOver = isQuiet(world) && traffic.isOver;
		const isEarly = kernel.now < world.troubleUntil + earlyMs;
		if (!isOver) kernel.after(isEarly ? watchMs.early : watchMs.late, undefined, watch);
	};
	kernel.at(world.troubleUntil, undefined, watch);
	const events = kernel.run(() => isOver, eventsMax);
	if (!isOver)
		failures.add("stuck", `it was not quiet after ${events} events, at ${new Date(kernel.now).toISOString()}`);
	check(world, mos);
	const { submits } = world;
	const interruptions = tasks.deaths + (kernel.counts.freezes.get("smpp") ?? 0);
	const [copies, most] = [
		copiesOf(submits),
		copiesMax({ interruptions, duplicates: world.duplicates, operators: settings.operators, submits }),
	];
	if (copies > most) failures.add("copies", `${copies} copies, and at most ${most} were to be`);
	for (const crash of kernel.crashes) failures.add("crash", crash);
	world.close();
	return {
		seed,
		hash: kernel.trace.hash,
		events,
		virtualMs: kernel.now - settings.startAt,
		messages: traffic.messages,
		promised: [...world.promises.all()].length,
		deaths: [...kernel.counts.deaths.values()].reduce((sum, one) => sum + one, 0),
		copies,
		copiesMax: most,
		faults: [...settings.faults],
		pairs: [...world.faults.pairs],
		steps: [...world.faults.steps],
		failures: failures.all,
		lines: kernel.trace.lines,
	};
}

/** Nothing waits, is under way, or is still to come. */
function isQuiet(world: World): boolean {
	const queues = ["receipts", "reports", "looks", "incoming", "account-esme"];
	return (
		world.holders.waitingReports === 0 &&
		!isAnyHeld(world) &&
		world.laneEntries() === 0 &&
		queues.every((role) => world.entries(role) === 0) &&
		world.smscs.every((smsc) => !smsc.hasDeliveries(Number.POSITIVE_INFINITY))
	);
}

/** Whether a message that has not ended is held: those that nothing holds will not come to their end. */
function isAnyHeld({ mirror, holders }: World): boolean {
	for (const { messageId, status } of mirror.rows()) if (!isFinal(status) && holders.of(messageId) > 0) return true;
	return false;
}

function check(world: World, mos: ReadonlySet<string>): void {
	const { submitsTo, dynamo, reports, failures, moTaken } = world;
	const taken = new Map(
		[...submitsTo].map(([to, own]) => [to, own.filter(({ commandStatus }) => commandStatus === 0)]),
	);
	checkEnd({
		...world,
		submits: taken,
		submittedAs: (ref) => Number(dynamo.item(tables.submissions, { smsc_ref: { S: ref } })?.["m"]?.N),
	});
	for (const sender of mos) {
		if (moTaken.has(sender) && !reports.isMoTaken(sender))
			failures.add("unreported", `the MO of ${sender} reached nobody`);
	}
}
