import type { Message } from "../../domain/message/message.ts";
import type { IncomingQueue } from "../incoming/incoming-queue.ts";
import { type HoldRestoredDeps, holdRestored } from "./hold-restored.ts";
import { type RestoredIncoming, requeueIncoming } from "./requeue-incoming.ts";
import type { RestoredTable } from "./restored-table.ts";
import { type WalkDeps, walkTable } from "./walk-table.ts";

/** A table of the stage, and the restored one from which it is filled. */
export type FilledTable<Row> = {
	readonly role: string;
	readonly restored: RestoredTable<Row>;
	/** Writes the rows whose keys are absent. Returns their number. */
	readonly writeAbsent: (rows: readonly Row[]) => Promise<number>;
};

export type RestoreDeps<Row> = WalkDeps &
	HoldRestoredDeps & {
		readonly tables: readonly FilledTable<Row>[];
		readonly restoredMessages: RestoredTable<Message>;
		readonly restoredIncoming: RestoredTable<RestoredIncoming>;
		readonly incomingQueue: IncomingQueue;
	};

/** Reports are tried for a day (A40), and queues may be a day late. */
const reportedWithinMs = 2 * 24 * 60 * 60_000;

export const fillStep = (role: string) => `rows of ${role}`;
export const holdStep = "holders of messages";
export const requeueStep = "messages from subscribers";

/**
 * Fills the tables of a stage from restored ones, then gives every message that has not ended a holder, and queues the
 * reports that are not confirmed (ADR 0087). The gateway must not run before the tables are filled. May be repeated: rows
 * that exist stay as they are.
 * @param restoredTo the time to which the tables were restored.
 */
export async function restoreStage<Row>(deps: RestoreDeps<Row>, restoredTo: number): Promise<void> {
	const since = restoredTo - reportedWithinMs;
	for (const { role, restored, writeAbsent } of deps.tables) {
		await walkTable(deps, fillStep(role), restored, writeAbsent);
	}
	await walkTable(deps, holdStep, deps.restoredMessages, async (rows) => await holdRestored(deps, rows, since));
	await walkTable(
		deps,
		requeueStep,
		deps.restoredIncoming,
		async (rows) => await requeueIncoming(deps.incomingQueue, rows, since),
	);
}
