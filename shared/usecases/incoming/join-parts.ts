import type { Clock } from "../../clock.ts";
import type { MoPart, PartGroup } from "../../domain/incoming/mo-part.ts";
import {
	isComplete,
	type JoinedMessage,
	joinedMessage,
	nextWaitMs,
	type PartialMessage,
	type PartsRow,
	type ReassemblyTimes,
	withOverdueClosed,
	withPart,
} from "../../domain/incoming/mo-reassembly.ts";
import type { Log } from "../../log.ts";
import type { IncomingQueue } from "./incoming-queue.ts";
import type { PartStore } from "./part-store.ts";

export type JoinPartsDeps = {
	readonly parts: PartStore;
	/** Gets the `overdue` entries, delayed. */
	readonly queue: IncomingQueue;
	readonly now: Clock;
	readonly waitMs: number;
	readonly log: Log;
};

/** What arrived for one row: parts, and whether its wait may be over. */
export type ArrivedParts = { readonly of: PartGroup; readonly parts: readonly MoPart[]; readonly overdue: boolean };

/**
 * Messages that are complete, or whose wait is over. `again`: closed before, by a process that may have died before it
 * reported them.
 */
export type Joined = { readonly fresh: readonly JoinedMessage[]; readonly again: readonly JoinedMessage[] };

/** `unreadable`: rows that cannot be read, for which nothing was done. Their entries must come again. */
export type JoinedAll = Joined & { readonly unreadable: readonly PartGroup[] };

/** As long as queue entries may exist, dead letters included. */
const keepMs = 14 * 24 * 60 * 60_000;

/** More concurrent changes in a row than can be chance. */
const triesMax = 10;

/**
 * Keeps parts until their message is complete. With any number of processes, each message is closed by one write, and
 * is `fresh` for the process that made it. The groups must differ.
 */
export async function joinParts(deps: JoinPartsDeps, all: readonly ArrivedParts[]): Promise<JoinedAll> {
	const results: Joined[] = [];
	const unreadable: PartGroup[] = [];
	let pending = all;
	for (let tries = 0; pending.length > 0; tries += 1) {
		if (tries === triesMax) throw new Error(`${pending.length} rows of parts changed at each of ${triesMax} tries`);
		const rows = await deps.parts.find(pending.map(({ of }) => of));
		const times = { now: deps.now(), waitMs: deps.waitMs };
		unreadable.push(...pending.flatMap(({ of }, index) => (rows[index] === null ? of : [])));
		const steps = pending.flatMap((arrived, index) => {
			const row = rows[index];
			return row === null ? [] : stepOf(arrived, row ?? emptyRow(arrived.of), times);
		});
		await queueOverdueChecks(deps, steps, times);
		const changing = steps.filter(({ before, after }) => before !== after);
		const outcomes = await deps.parts.change(
			changing.map(({ row, after }) => ({ ...row, partials: after })),
			times.now + keepMs,
		);
		const stale = new Set(changing.filter((_, index) => outcomes[index] === "stale"));
		const done = steps.filter((step) => !stale.has(step));
		results.push(...done.map((step) => outcomeOf(deps.log, step)));
		pending = steps.filter((step) => stale.has(step)).map(({ arrived }) => arrived);
	}
	return { fresh: results.flatMap(({ fresh }) => fresh), again: results.flatMap(({ again }) => again), unreadable };
}

type Step = {
	readonly arrived: ArrivedParts;
	readonly row: PartsRow;
	readonly before: readonly PartialMessage[];
	readonly after: readonly PartialMessage[];
};

const emptyRow = (of: PartGroup): PartsRow => ({ of, partials: [], revision: 0 });

function stepOf(arrived: ArrivedParts, row: PartsRow, times: ReassemblyTimes): Step {
	const before = row.partials;
	const filled = arrived.parts.reduce((partials, part) => withPart(partials, part, times), before);
	const isDue = arrived.overdue && (nextWaitMs(filled, times) ?? 1) <= 0;
	return { arrived, row, before, after: isDue ? withOverdueClosed(filled, times) : filled };
}

/** Queues an `overdue` entry before a message is begun, so that none waits for ever; one more if a part came late. */
async function queueOverdueChecks(
	{ queue }: JoinPartsDeps,
	steps: readonly Step[],
	times: ReassemblyTimes,
): Promise<void> {
	await Promise.all(
		steps.map(async ({ arrived, before, after }) => {
			const left = nextWaitMs(after, times);
			const started = after.some(
				({ messageId, closed }) => !closed && before.every((one) => one.messageId !== messageId),
			);
			if (left === null || !(arrived.overdue || started)) return;
			const seconds = Math.max(1, Math.ceil((arrived.overdue ? left : times.waitMs) / 1_000));
			await queue.send([{ kind: "overdue", of: arrived.of }], seconds);
		}),
	);
}

function outcomeOf(log: Log, { arrived, before, after }: Step): Joined {
	const closed = after.filter((partial) => partial.closed);
	const open = new Set(before.filter((partial) => !partial.closed).map(({ messageId }) => messageId));
	const old = new Set(before.map(({ messageId }) => messageId));
	const fresh = closed.filter(({ messageId }) => open.has(messageId) || !old.has(messageId));
	const own = new Set(arrived.parts.map(({ partId }) => partId));
	const again = closed.filter((partial) => !fresh.includes(partial) && mayBeOwed(partial, arrived, own));
	for (const partial of fresh.filter((one) => !isComplete(one))) logIncomplete(log, partial);
	return { fresh: fresh.flatMap(messageOf), again: again.flatMap(messageOf) };
}

/** The process that closed it may have received the same parts or `overdue` entry, and died before the report. */
function mayBeOwed(partial: PartialMessage, { overdue }: ArrivedParts, own: ReadonlySet<number>): boolean {
	return (overdue && !isComplete(partial)) || partial.parts.some(({ partId }) => own.has(partId));
}

function messageOf({ messageId, parts: [first, ...others] }: PartialMessage): readonly JoinedMessage[] {
	return first === undefined ? [] : [joinedMessage(messageId, [first, ...others])];
}

function logIncomplete(log: Log, { messageId, parts }: PartialMessage): void {
	const { operator, place } = parts[0] ?? {};
	log.warn("mo.incomplete", { message_id: messageId, operator, parts: parts.length, total: place?.total });
}
