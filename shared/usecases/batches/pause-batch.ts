import type { Clock } from "../../clock.ts";
import { waitOf } from "../../domain/schedule/waits-for.ts";
import { intoSendJobs } from "../../domain/send/send-jobs.ts";
import type { BatchStore } from "../accept/batch-store.ts";
import type { Lanes } from "../accept/lanes.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { OperatorSwitches } from "../send/operator-switches.ts";

export type PauseBatchDeps = {
	readonly batches: Pick<BatchStore, "find">;
	readonly messages: Pick<MessageStore, "readEach">;
	readonly lanes: Pick<Lanes, "send">;
	readonly switches: Pick<OperatorSwitches, "pauseBatch" | "resumeBatch">;
	readonly now: Clock;
};

/** `full`: too many batches are paused. */
export type PauseBatchOutcome = "paused" | "absent" | "full";

/** Tasks set the batch's messages aside from their next reading of the switches on. May be repeated. */
export async function pauseBatch(deps: PauseBatchDeps, batchId: number): Promise<PauseBatchOutcome> {
	const batch = await deps.batches.find(batchId);
	if (batch?.state !== "committed") return "absent";
	return (await deps.switches.pauseBatch(batchId, batch.keepUntil, deps.now())) ? "paused" : "full";
}

/** A task that reads the switches later than this sets the released messages aside once more, for a slot. */
const releaseDelaySeconds = 15;

/**
 * Resumes a batch, and releases the messages that were set aside. Each has its slot row too: of the two entries, one
 * claims the message. May be repeated.
 * @returns the number of messages that were released.
 */
export async function resumeBatch(deps: PauseBatchDeps, batchId: number): Promise<number> {
	const now = deps.now();
	await deps.switches.resumeBatch(batchId, now);
	const batch = await deps.batches.find(batchId);
	const { rows } = await deps.messages.readEach([...new Set(batch?.messageIds)]);
	const setAside = [...rows.values()].filter((message) => waitOf(message, now).kind === "paused");
	await deps.lanes.send(intoSendJobs(setAside), "release", releaseDelaySeconds);
	return setAside.length;
}
