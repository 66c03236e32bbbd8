import { laneEntryBody } from "#shared/contracts/queue-entries.ts";
import { sendTime } from "#shared/domain/schedule/send-time.ts";
import type { QueuedEntry } from "../aws/sqs-engine.ts";
import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { MessageMirror } from "./message-mirror.ts";

/**
 * Why a message that was submitted again did not wait for the record of its first submit: see "Known limits" in
 * docs/reliability.md.
 */
export type ClaimLimit = "short-lived" | "slow record";

/** Entries of kind `again`. Each may cause one copy if one of the known limits applies. */
export type ClaimLimits = {
	entryAdded(entry: QueuedEntry): void;
	/** Number of `again` entries of a message. */
	agains(messageId: number): number;
	/** The limit that allows a message to be submitted now, although this submit is not recorded. */
	of(messageId: number, unrecorded: ReceivedSubmit): ClaimLimit | undefined;
};

/** The time that an entry waits after its claim, less clock differences and the duration of reads and submits. */
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
