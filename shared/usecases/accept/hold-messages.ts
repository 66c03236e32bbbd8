import { errorSummary, TemporaryFault } from "../../domain/faults.ts";
import { laneName } from "../../domain/message/lanes.ts";
import type { Message } from "../../domain/message/message.ts";
import { urgentFrom } from "../../domain/message/priorities.ts";
import { isFinal } from "../../domain/message/statuses.ts";
import { reportBatchesNamedBy } from "../../domain/reports/report-batches.ts";
import { type SendTime, sendTime } from "../../domain/schedule/send-time.ts";
import { releaseRows, type SlotRow, slotAt } from "../../domain/schedule/slots.ts";
import { intoSendJobs, type SendJob } from "../../domain/send/send-jobs.ts";
import type { Log } from "../../log.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { ReportQueue } from "../reports/report-queue.ts";
import type { SlotStore } from "../schedule/slot-store.ts";
import type { Lanes, SendOutcome } from "./lanes.ts";

/**
 * Every accepted message has a holder: an entry of its lane, a row of a slot, or the report batch of its report. A row at revision 0 is known to the request
 * that stored it alone, so only that request may answer for it, or take it back. At any later revision a holder was acknowledged before
 * (docs/reliability.md).
 */
export type HoldDeps = {
	readonly messages: Pick<MessageStore, "read" | "change">;
	readonly lanes: Lanes;
	readonly slots: Pick<SlotStore, "put">;
	readonly reports: ReportQueue;
	readonly log: Pick<Log, "warn">;
};

/** `refused`: certainly nothing holds the message. `unknown`: perhaps something does. */
export type HoldOutcome = "held" | "refused" | "unknown";

/** Gives messages that this very request stored their first holder. Never throws. */
export async function holdInserted(
	deps: HoldDeps,
	rows: readonly Message[],
	now: number,
): Promise<ReadonlyMap<number, HoldOutcome>> {
	const groups = bySendTime(rows, now);
	const outcomes = new Map<number, HoldOutcome>();
	await Promise.all(
		groups.map(async ({ when, own }) => {
			const ends = await firstHolder(deps, when, own);
			for (const [index, { messageId }] of own.entries()) outcomes.set(messageId, ends[index] ?? "unknown");
		}),
	);
	await Promise.all(
		groups.map(async ({ when, own }) => {
			if (when.kind === "slot" || when.kind === "ended") return;
			const unsure = own.filter(({ messageId }) => outcomes.get(messageId) === "unknown");
			for (const id of await tryEnsureHeld(deps, unsure, now)) outcomes.set(id, "held");
		}),
	);
	return outcomes;
}

/** Those of one lane that are held now. What does not answer there fails no other lane's messages. */
async function tryEnsureHeld(deps: HoldDeps, unsure: readonly Message[], now: number): Promise<readonly number[]> {
	try {
		const outcomes = await ensureHeld(deps, unsure, now);
		return [...outcomes].flatMap(([messageId, outcome]) => (outcome === "held" ? messageId : []));
	} catch (err) {
		deps.log.warn("messages.hold_failed", { messages: unsure.length, holder: "lane", err: errorSummary(err) });
		return [];
	}
}

/** `gone`: its request has taken it back meanwhile. */
export type EnsureHeldOutcome = "held" | "gone";

const triesMax = 5;

/**
 * Makes sure of the holder of messages that another request stored, as they were read: at revision 0 they may have none. Each gets one, and only
 * then a new revision, so that from then on no attempt takes it back.
 * @throws Error where that could not be done for all.
 */
export async function ensureHeld(
	deps: HoldDeps,
	rows: readonly Message[],
	now: number,
): Promise<ReadonlyMap<number, EnsureHeldOutcome>> {
	const outcomes = new Map<number, EnsureHeldOutcome>(rows.map(({ messageId }) => [messageId, "held"]));
	let pending = rows.filter(({ revision }) => revision === 0);
	for (let tries = 1; pending.length > 0; tries += 1) {
		if (tries > triesMax) throw new TemporaryFault(`${pending.length} messages keep being stored anew`);
		await Promise.all(bySendTime(pending, now).map(async ({ when, own }) => await extraHolder(deps, when, own, now)));
		const raised = await deps.messages.change(pending.map((message) => ({ message, change: {} })));
		const stale = pending.filter((_, index) => raised[index] === "stale").map(({ messageId }) => messageId);
		const fresh = stale.length === 0 ? new Map<number, Message>() : await deps.messages.read(stale);
		for (const messageId of stale) if (!fresh.has(messageId)) outcomes.set(messageId, "gone");
		pending = [...fresh.values()].filter(({ revision }) => revision === 0);
	}
	return outcomes;
}

type When = SendTime | { readonly kind: "ended" };

/** Those that wait in a slot, or have ended, together; the others by their lanes. */
function bySendTime(rows: readonly Message[], now: number) {
	const groups = new Map<string, { readonly when: When; readonly own: Message[] }>();
	for (const row of rows) {
		const when: When = isFinal(row.status) ? { kind: "ended" } : sendTime(row, now);
		const name = `${when.kind} ${delayOf(when)} ${holderKeyOf(when, row)}`;
		const group = groups.get(name) ?? { when, own: [] };
		groups.set(name, group);
		group.own.push(row);
	}
	return [...groups.values()];
}

function holderKeyOf(when: When, { operator, priority }: Message) {
	if (when.kind === "slot") return when.slot;
	return when.kind === "ended" || operator === null ? "" : laneName(operator, priority);
}

const delayOf = (when: When) => (when.kind === "soon" ? when.delaySeconds : 0);

async function firstHolder({ lanes, slots, reports, log }: HoldDeps, when: When, rows: readonly Message[]) {
	try {
		if (when.kind === "ended") await reports.send(reportBatchesNamedBy(rows));
		else if (when.kind === "slot") await slots.put(slotRows(rows, when.slot));
		else return await sendFirstEntries(lanes, rows, delayOf(when));
		return rows.map(() => "held" as const);
	} catch (err) {
		log.warn("messages.hold_failed", { messages: rows.length, holder: when.kind, err: errorSummary(err) });
		return rows.map(() => "unknown" as const);
	}
}

const endOf = { queued: "held", refused: "refused", unknown: "unknown" } as const satisfies Record<
	SendOutcome,
	HoldOutcome
>;

async function sendFirstEntries(lanes: Lanes, rows: readonly Message[], delaySeconds: number) {
	const sendJobs = intoSendJobs(rows);
	const outcomes = await lanes.sendFirst(sendJobs, delaySeconds);
	const ends = new Map(
		sendJobs.flatMap(({ messageIds }, index) =>
			messageIds.map((id) => [id, endOf[outcomes[index] ?? "unknown"]] as const),
		),
	);
	return rows.map(({ messageId }) => ends.get(messageId) ?? "unknown");
}

async function extraHolder(deps: HoldDeps, when: When, rows: readonly Message[], now: number): Promise<void> {
	const { lanes, slots, reports } = deps;
	if (when.kind === "ended") return await reports.send(reportBatchesNamedBy(rows));
	if (when.kind === "slot") return await slots.put(slotRows(rows, when.slot));
	try {
		await lanes.send(intoSendJobs(rows), "again", delayOf(when));
	} catch (error) {
		/* While SQS is away a slot holds those that can wait for it. */
		const slot = slotAt(Math.max(now + slotLeadMs, sendsBy(when, now)));
		if (!rows.every((row) => mayWaitFor(row, slot))) throw error;
		await slots.put(slotRows(rows, slot, true));
	}
}

/** A slot that is nearer may be looked at before its row is there. */
const slotLeadMs = 60_000;

const sendsBy = (when: When, now: number) => now + delayOf(when) * 1_000;

const maySendAt = (row: Message, at: number) => sendTime(row, at).kind === "now";

/** A slot that no alarm was heard for is found by the sweep: so late it may be. */
const slotLateMaxMs = 10 * 60_000;

/** Whether a slot is soon enough. What is urgent is not to come a quarter of an hour late: its client is told to try again. */
function mayWaitFor(row: Message, slot: number): boolean {
	return row.priority < urgentFrom && maySendAt(row, slot) && maySendAt(row, slot + slotLateMaxMs);
}

function slotRows(rows: readonly Message[], slot: number, isAgain = false): readonly SlotRow[] {
	return intoSendJobs(rows).flatMap((sendJob) => rowOf(sendJob, slot, isAgain));
}

/** A message that waits alone has one row, however often it is put there: its id is drawn at random, and serves as the chance. */
function rowOf(sendJob: SendJob, slot: number, isAgain: boolean): readonly SlotRow[] {
	const [messageId = 0, ...others] = sendJob.messageIds;
	return releaseRows([sendJob], slot, others.length === 0 ? () => messageId / 2 ** 53 : Math.random, isAgain);
}
