import type { Message } from "#shared/domain/message/message.ts";
import { sendTime } from "#shared/domain/schedule/send-time.ts";
import { finishWithinMs } from "#shared/domain/send/pick-up.ts";
import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { Failures } from "./failures.ts";
import type { MessageMirror } from "./message-mirror.ts";
import type { Promises } from "./promises.ts";

/** Clocks that differ, and what a PDU takes on its way. */
const toleratedMs = 4_500;

type Deps = { readonly mirror: MessageMirror; readonly promises: Promises; readonly failures: Failures };

/** Nothing reaches an SMSC before its schedule, outside its window, after its expiry, or after its withdrawal was confirmed. */
export function checkSubmit({ mirror, promises, failures }: Deps, submit: ReceivedSubmit): void {
	for (const messageId of mirror.idsTo(submit.recipient)) {
		const row = mirror.row(messageId);
		if (row === undefined) continue;
		if (promises.isWithdrawn(messageId))
			failures.add("sending", `${messageId} was sent after its withdrawal`, messageId);
		const lateMs = submit.segment === 1 ? 0 : finishWithinMs;
		if (!mayGo(row, submit.at, lateMs)) failures.add("sending", `${messageId} was sent at a wrong time`, messageId);
	}
}

function mayGo(row: Message, at: number, lateMs: number): boolean {
	return [at - lateMs - toleratedMs, at - lateMs, at - toleratedMs, at, at + toleratedMs].some(
		(instant) => instant < row.expiresAt && sendTime(row, instant).kind === "now",
	);
}
