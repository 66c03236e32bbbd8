import { laneEntryBody } from "#shared/contracts/queue-entries.ts";
import { sendTime } from "#shared/domain/schedule/send-time.ts";
import type { QueuedEntry } from "../aws/sqs-engine.ts";
import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { MessageMirror } from "./message-mirror.ts";

/** Why a message that was sent again did not wait for the record of its first submit, as docs/reliability.md has it under "Known limits". */
export type ClaimLimit = "short-lived" | "slow record";

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
};

export function claimLimits({ now, mirror }: Deps): ClaimLimits {
	const agains = new Map<number, number>();

	function isShort(messageId: number): boolean {
		const row = mirror.row(messageId);
		const at = now() + shortMs;
		return row === undefined || at >= row.expiresAt || sendTime(row, at).kind !== "now";
	}

	return {
		entryAdded({ body }) {
			const { kind, message_ids } = laneEntryBody.parse(body);
			if (kind !== "again") return;
			for (const messageId of message_ids) agains.set(messageId, (agains.get(messageId) ?? 0) + 1);
		},
		agains: (messageId) => agains.get(messageId) ?? 0,
		of(messageId, { at }) {
			if (!agains.has(messageId)) return undefined;
			if (at + claimMs - slackMs <= now()) return "slow record";
			return isShort(messageId) ? "short-lived" : undefined;
		},
	};
}
