import { laneEntryBody } from "#shared/contracts/queue-entries.ts";
import { sendTime } from "#shared/domain/schedule/send-time.ts";
import type { QueuedEntry } from "../aws/sqs-engine.ts";
import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { MessageMirror } from "./message-mirror.ts";

/** Why a message that was sent again did not wait for the record of its first submit, as docs/reliability.md has it under "Known limits". */
export type ClaimLimit = "short-lived" | "claim cut short" | "slow record";

/** Entries of kind `again`: each may make one copy, where one of the known limits holds. */
export type ClaimLimits = {
	entryAdded(entry: QueuedEntry): void;
	/** How many entries of kind `again` there were of a message. */
	agains(messageId: number): number;
	/** Which limit lets a message be submitted now, although this submit is not recorded. */
	of(messageId: number, unrecorded: ReceivedSubmit): ClaimLimit | undefined;
};

/** An entry waits so long after its claim; clocks differ, and reads and submits take some time. */
const claimMs = 60_000;
const slackMs = 6_000;
const shortMs = 2 * claimMs + 2_000;

type Deps = {
	readonly now: () => number;
	readonly mirror: MessageMirror;
	/** When an SMPP task died, was frozen, or ended, at last. */
	readonly interruptedAt: () => number;
};

export function claimLimits({ now, mirror, interruptedAt }: Deps): ClaimLimits {
	/** By message: the messages of each entry that was sent again. */
	const agains = new Map<number, (readonly number[])[]>();

	function isShort(messageId: number): boolean {
		const row = mirror.row(messageId);
		const at = now() + shortMs;
		return row === undefined || at >= row.expiresAt || sendTime(row, at).kind !== "now";
	}

	return {
		entryAdded({ body }) {
			const { kind, message_ids } = laneEntryBody.parse(body);
			if (kind !== "again") return;
			for (const messageId of message_ids) agains.set(messageId, [...(agains.get(messageId) ?? []), message_ids]);
		},
		agains: (messageId) => agains.get(messageId)?.length ?? 0,
		of(messageId, { at }) {
			const entries = agains.get(messageId) ?? [];
			if (entries.length === 0) return undefined;
			if (at + claimMs - slackMs <= now()) return "slow record";
			if (entries.some((messageIds) => messageIds.some(isShort))) return "short-lived";
			return interruptedAt() + claimMs + slackMs >= now() ? "claim cut short" : undefined;
		},
	};
}
