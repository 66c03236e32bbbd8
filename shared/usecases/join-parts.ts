import {
	type Draft,
	type DraftTimes,
	isWhole,
	type JoinedMessage,
	joined,
	type PartsRow,
	waitsMs,
	withoutOverdue,
	withPart,
} from "../domain/mo-drafts.ts";
import type { MoPart, PartsOf } from "../domain/mo-part.ts";
import type { Clock, IncomingQueue, Log, PartStore } from "../ports.ts";

export type Joining = {
	readonly parts: PartStore;
	/** Where the entries come from that say when a message has waited long enough. */
	readonly queue: IncomingQueue;
	readonly now: Clock;
	/** How long a message waits for its next part. */
	readonly waitMs: number;
	readonly log: Log;
};

/** What came for one row: parts, and perhaps the word that it has waited long enough. */
export type PartsNews = { readonly of: PartsOf; readonly parts: readonly MoPart[]; readonly overdue: boolean };

/**
 * Messages that are complete, or have waited long enough. `again` were closed before, perhaps by somebody who died at it, or was told
 * that he failed where he had not: they may be on their way already, or not.
 */
export type Joined = { readonly fresh: readonly JoinedMessage[]; readonly again: readonly JoinedMessage[] };

/** Also for which rows nothing was done, for they cannot be read: their news must come again. */
export type JoinedAll = Joined & { readonly unreadable: readonly PartsOf[] };

/** Parts stay as long as the entries that look after them may, dead letters included. */
const keepMs = 14 * 24 * 60 * 60_000;

/** Somebody else changed a row first, this often in a row: not by chance. */
const triesMax = 10;

/**
 * Keeps parts until all of their message are there. However many processes do this at once, each message is closed in one write, and is
 * `fresh` to the one that made it. Only one news for each row.
 */
export async function joinParts(joining: Joining, all: readonly PartsNews[]): Promise<JoinedAll> {
	const results: Joined[] = [];
	const unreadable: PartsOf[] = [];
	let pending = all;
	for (let tries = 0; pending.length > 0; tries += 1) {
		if (tries === triesMax) throw new Error(`${pending.length} rows of parts keep changing under us`);
		const rows = await joining.parts.find(pending.map(({ of }) => of));
		const times = { now: joining.now(), waitMs: joining.waitMs };
		unreadable.push(...pending.flatMap(({ of }, index) => (rows[index] === null ? of : [])));
		const steps = pending.flatMap((news, index) => {
			const row = rows[index];
			return row === null ? [] : stepOf(news, row ?? emptyRow(news.of), times);
		});
		await setAlarms(joining, steps, times);
		const changing = steps.filter(({ before, after }) => before !== after);
		const outcomes = await joining.parts.change(
			changing.map(({ row, after }) => ({ ...row, drafts: after })),
			times.now + keepMs,
		);
		const stale = new Set(changing.filter((_, index) => outcomes[index] === "stale"));
		const done = steps.filter((step) => !stale.has(step));
		results.push(...done.map((step) => outcomeOf(joining.log, step)));
		pending = steps.filter((step) => stale.has(step)).map(({ news }) => news);
	}
	return { fresh: results.flatMap(({ fresh }) => fresh), again: results.flatMap(({ again }) => again), unreadable };
}

type Step = {
	readonly news: PartsNews;
	readonly row: PartsRow;
	readonly before: readonly Draft[];
	readonly after: readonly Draft[];
};

const emptyRow = (of: PartsOf): PartsRow => ({ of, drafts: [], revision: 0 });

function stepOf(news: PartsNews, row: PartsRow, times: DraftTimes): Step {
	const before = row.drafts;
	const filled = news.parts.reduce((drafts, part) => withPart(drafts, part, times), before);
	const isDue = news.overdue && (waitsMs(filled, times) ?? 1) <= 0;
	return { news, row, before, after: isDue ? withoutOverdue(filled, times) : filled };
}

/** Before a message is begun, so that none waits for ever; and once more where its last part came late. */
async function setAlarms({ queue }: Joining, steps: readonly Step[], times: DraftTimes): Promise<void> {
	await Promise.all(
		steps.map(async ({ news, before, after }) => {
			const left = waitsMs(after, times);
			const begun = after.some(
				({ messageId, closed }) => !closed && before.every((one) => one.messageId !== messageId),
			);
			if (left === null || !(news.overdue || begun)) return;
			const seconds = Math.max(1, Math.ceil((news.overdue ? left : times.waitMs) / 1_000));
			await queue.send([{ kind: "overdue", of: news.of }], seconds);
		}),
	);
}

function outcomeOf(log: Log, { news, before, after }: Step): Joined {
	const closed = after.filter((draft) => draft.closed);
	const open = new Set(before.filter((draft) => !draft.closed).map(({ messageId }) => messageId));
	const old = new Set(before.map(({ messageId }) => messageId));
	const fresh = closed.filter(({ messageId }) => open.has(messageId) || !old.has(messageId));
	const own = new Set(news.parts.map(({ partId }) => partId));
	const again = closed.filter((draft) => !fresh.includes(draft) && mayBeOwed(draft, news, own));
	for (const draft of fresh.filter((one) => !isWhole(one))) tellIncomplete(log, draft);
	return { fresh: fresh.flatMap(messageOf), again: again.flatMap(messageOf) };
}

/** Whoever closed it may have been given these very parts, or have been woken as we were, and have died. */
function mayBeOwed(draft: Draft, { overdue }: PartsNews, own: ReadonlySet<number>): boolean {
	return (overdue && !isWhole(draft)) || draft.parts.some(({ partId }) => own.has(partId));
}

function messageOf({ messageId, parts: [first, ...others] }: Draft): readonly JoinedMessage[] {
	return first === undefined ? [] : [joined(messageId, [first, ...others])];
}

function tellIncomplete(log: Log, { messageId, parts }: Draft): void {
	const { operator, place } = parts[0] ?? {};
	log.warn("mo.incomplete", { message_id: messageId, operator, parts: parts.length, total: place?.total });
}
