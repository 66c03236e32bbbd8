import { bySendTime, delaySecondsOf, mayWaitFor, standInSlot, type When } from "../../domain/accept/send-groups.ts";
import { countsAtAcceptance } from "../../domain/counts/message-counts.ts";
import { errorSummary, TemporaryFault } from "../../domain/faults.ts";
import type { Message } from "../../domain/message/message.ts";
import { reportBatchesNamedBy } from "../../domain/reports/report-batches.ts";
import { releaseRows, type SlotRow } from "../../domain/schedule/slots.ts";
import { intoSendJobs, type SendJob } from "../../domain/send/send-jobs.ts";
import type { Log } from "../../log.ts";
import type { Counter } from "../counts/counter.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { ReportQueue } from "../reports/report-queue.ts";
import type { SlotStore } from "../schedule/slot-store.ts";
import type { Lanes, SendOutcome } from "./lanes.ts";

/**
 * Every accepted message has a holder: a lane entry, a slot row, or the report batch of its report. At revision 0 only
 * the request that inserted the row may answer for it or take it back. At a later revision a holder was acknowledged
 * (ADR 0049).
 */
export type HoldDeps = {
	readonly messages: Pick<MessageStore, "read" | "change">;
	readonly lanes: Lanes;
	readonly slots: Pick<SlotStore, "put">;
	readonly reports: ReportQueue;
	readonly log: Pick<Log, "warn">;
};

export type HoldInsertedDeps = HoldDeps & { readonly counter: Counter };

/** `refused`: nothing holds the message. `unknown`: something may hold it. */
export type HoldOutcome = "held" | "refused" | "unknown";

/** Gives messages that this request inserted their first holder, and counts those that have one. Never throws. */
export async function holdInserted(
	deps: HoldInsertedDeps,
	rows: readonly Message[],
	now: number,
): Promise<ReadonlyMap<number, HoldOutcome>> {
	const groups = bySendTime(rows, now);
	const outcomes = new Map<number, HoldOutcome>();
	await Promise.all(
		groups.map(async ({ when, own }) => {
			const results = await firstHolder(deps, when, own);
			for (const [index, { messageId }] of own.entries()) outcomes.set(messageId, results[index] ?? "unknown");
		}),
	);
	await Promise.all(
		groups.map(async ({ when, own }) => {
			if (when.kind === "slot" || when.kind === "ended") return;
			const unsure = own.filter(({ messageId }) => outcomes.get(messageId) === "unknown");
			for (const id of await tryEnsureHeld(deps, unsure, now)) outcomes.set(id, "held");
		}),
	);
	const held = rows.filter(({ messageId }) => outcomes.get(messageId) === "held");
	deps.counter.add(held.flatMap(countsAtAcceptance));
	return outcomes;
}

/** Returns the ids that are held now. A lane that fails does not fail the messages of other lanes. */
async function tryEnsureHeld(deps: HoldDeps, unsure: readonly Message[], now: number): Promise<readonly number[]> {
	try {
		const outcomes = await ensureHeld(deps, unsure, now);
		return [...outcomes].flatMap(([messageId, outcome]) => (outcome === "held" ? messageId : []));
	} catch (err) {
		deps.log.warn("messages.hold_failed", { messages: unsure.length, holder: "lane", err: errorSummary(err) });
		return [];
	}
}

/** `gone`: the request that inserted the row has taken it back. */
export type EnsureHeldOutcome = "held" | "gone";

const triesMax = 5;

/**
 * Makes sure that messages of other requests have a holder: at revision 0 they may have none. Each such message gets
 * one, and only then a new revision, so that no attempt takes it back from then on.
 * @throws Error if this fails for any of them.
 */
export async function ensureHeld(
	deps: HoldDeps,
	rows: readonly Message[],
	now: number,
): Promise<ReadonlyMap<number, EnsureHeldOutcome>> {
	const outcomes = new Map<number, EnsureHeldOutcome>(rows.map(({ messageId }) => [messageId, "held"]));
	let pending = rows.filter(({ revision }) => revision === 0);
	for (let tries = 1; pending.length > 0; tries += 1) {
		if (tries > triesMax) throw new TemporaryFault(`${pending.length} messages keep being stored again`);
		await Promise.all(bySendTime(pending, now).map(async ({ when, own }) => await addHolder(deps, when, own, now)));
		const raised = await deps.messages.change(pending.map((message) => ({ message, change: {} })));
		const stale = pending.filter((_, index) => raised[index] === "stale").map(({ messageId }) => messageId);
		const fresh = stale.length === 0 ? new Map<number, Message>() : await deps.messages.read(stale);
		for (const messageId of stale) if (!fresh.has(messageId)) outcomes.set(messageId, "gone");
		pending = [...fresh.values()].filter(({ revision }) => revision === 0);
	}
	return outcomes;
}

async function firstHolder({ lanes, slots, reports, log }: HoldDeps, when: When, rows: readonly Message[]) {
	try {
		if (when.kind === "ended") await reports.send(reportBatchesNamedBy(rows));
		else if (when.kind === "slot") await slots.put(slotRows(rows, when.slot));
		else return await sendFirstEntries(lanes, rows, delaySecondsOf(when));
		return rows.map(() => "held" as const);
	} catch (err) {
		log.warn("messages.hold_failed", { messages: rows.length, holder: when.kind, err: errorSummary(err) });
		return rows.map(() => "unknown" as const);
	}
}

const holdOutcomeOf = { queued: "held", refused: "refused", unknown: "unknown" } as const satisfies Record<
	SendOutcome,
	HoldOutcome
>;

async function sendFirstEntries(lanes: Lanes, rows: readonly Message[], delaySeconds: number) {
	const sendJobs = intoSendJobs(rows);
	const outcomes = await lanes.sendFirst(sendJobs, delaySeconds);
	const byId = new Map(
		sendJobs.flatMap(({ messageIds }, index) =>
			messageIds.map((id) => [id, holdOutcomeOf[outcomes[index] ?? "unknown"]] as const),
		),
	);
	return rows.map(({ messageId }) => byId.get(messageId) ?? "unknown");
}

async function addHolder(deps: HoldDeps, when: When, rows: readonly Message[], now: number): Promise<void> {
	const { lanes, slots, reports } = deps;
	if (when.kind === "ended") return await reports.send(reportBatchesNamedBy(rows));
	if (when.kind === "slot") return await slots.put(slotRows(rows, when.slot));
	try {
		await lanes.send(intoSendJobs(rows), "again", delaySecondsOf(when));
	} catch (error) {
		/* While SQS is down, a slot holds those that can wait for it. */
		const slot = standInSlot(when, now);
		if (!rows.every((row) => mayWaitFor(row, slot))) throw error;
		await slots.put(slotRows(rows, slot, true));
	}
}

function slotRows(rows: readonly Message[], slot: number, isAgain = false): readonly SlotRow[] {
	return intoSendJobs(rows).flatMap((sendJob) => rowOf(sendJob, slot, isAgain));
}

/** A single message always gets the same row: its id, which is random, serves as the chance. */
function rowOf(sendJob: SendJob, slot: number, isAgain: boolean): readonly SlotRow[] {
	const [messageId = 0, ...others] = sendJob.messageIds;
	return releaseRows([sendJob], slot, others.length === 0 ? () => messageId / 2 ** 53 : Math.random, isAgain);
}
