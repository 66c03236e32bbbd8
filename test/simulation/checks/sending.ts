import type { Message } from "#shared/domain/message/message.ts";
import { sendTime } from "#shared/domain/schedule/send-time.ts";
import { finishWithinMs } from "#shared/domain/send/pick-up.ts";
import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { Failures } from "./failures.ts";
import type { MessageMirror } from "./message-mirror.ts";
import type { Promises } from "./promises.ts";

/** Allows for clock differences and a PDU's network delay. */
const toleratedMs = 4_500;

type Deps = {
	readonly mirror: MessageMirror;
	readonly promises: Promises;
	readonly failures: Failures;
	/** Whether the batch of this id is committed. */
	readonly isCommitted: (batchId: number) => boolean;
};

/**
 * No submit reaches an SMSC before its schedule, outside its window, after its expiry, or after its confirmed
 * withdrawal. Each submit has a row, and is not of a fail-fast batch without a commit.
 */
export function checkSubmit(deps: Deps, submit: ReceivedSubmit): void {
	const { mirror, failures } = deps;
	const ids = mirror.idsTo(submit.recipient);
	const rows = ids.map(mirror.row).filter((row) => row !== undefined);
	if (rows.length === 0)
		failures.add("sending", `${ids.join()} to ${submit.recipient} was sent, and has no row`, ...ids);
	for (const row of rows) {
		const why = wrongWith(deps, submit, row);
		if (why !== undefined) failures.add("sending", `${row.messageId} was sent ${why}`, row.messageId);
	}
}

function wrongWith({ promises, isCommitted }: Deps, { segment, at }: ReceivedSubmit, row: Message): string | undefined {
	if (promises.isWithdrawn(row.messageId)) return "after its withdrawal";
	if (row.isFailFast && !(row.batchId !== null && isCommitted(row.batchId))) return "before its batch was committed";
	return mayGo(row, at, segment === 1 ? 0 : finishWithinMs) ? undefined : "at a wrong time";
}

function mayGo(row: Message, at: number, lateMs: number): boolean {
	return [at - lateMs - toleratedMs, at - lateMs, at - toleratedMs, at, at + toleratedMs].some(
		(instant) => instant < row.expiresAt && sendTime(row, instant).kind === "now",
	);
}
