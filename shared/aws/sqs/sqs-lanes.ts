import { type Message as Received, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type LaneEntryBody, laneEntryBody } from "../../contracts/queue-entries.ts";
import { type Lane, type LaneEntryKind, type LaneName, laneName } from "../../domain/message/lanes.ts";
import type { SendJob } from "../../domain/send/send-jobs.ts";
import type { Log } from "../../log.ts";
import type { Lanes, SendOutcome } from "../../usecases/accept/lanes.ts";
import type { DeadEntry } from "../../usecases/dead-letters/dead-entries.ts";
import type { ReplacementLanes } from "../../usecases/restore/hold-restored.ts";
import type { LaneEntry, LaneSource } from "../../usecases/send/lane-source.ts";
import { asciiJson } from "../ascii-json.ts";
import { accountGroup } from "./account-group.ts";
import { changeVisibility, deleteEntries, sendEntries, sendEntriesOnce } from "./sqs-entries.ts";

export type LaneUrls = Readonly<Record<LaneName, string>>;

/**
 * The lanes, for processes that send messages to them.
 * @param singleAttempt a client that tries each call once: a repeated call could queue an entry twice.
 */
export function sqsLanes(client: SQSClient, singleAttempt: SQSClient, urls: LaneUrls, log: Log): Lanes {
	return {
		async sendFirst(sendJobs, delaySeconds) {
			const outcomes = new Map<SendJob, SendOutcome>();
			await forEachLane(sendJobs, async (lane, own) => {
				const entries = own.map((sendJob) => entryOf(sendJob, "first", delaySeconds));
				const onFailure = (err: unknown) => log.warn("lane.send_failed", { lane, err });
				const sent = await sendEntriesOnce(singleAttempt, urls[lane], entries, onFailure);
				for (const [index, sendJob] of own.entries()) outcomes.set(sendJob, sent[index] ?? "unknown");
			});
			return sendJobs.map((sendJob) => outcomes.get(sendJob) ?? "unknown");
		},
		async send(sendJobs, kind, delaySeconds = 0) {
			await forEachLane(sendJobs, async (lane, own) => {
				const entries = own.map((sendJob) => entryOf(sendJob, kind, delaySeconds));
				await sendEntries(client, urls[lane], entries);
			});
		},
	};
}

async function forEachLane(
	sendJobs: readonly SendJob[],
	call: (lane: LaneName, own: readonly SendJob[]) => Promise<void>,
) {
	const byLane = Map.groupBy(sendJobs, ({ operator, priority }) => laneName(operator, priority));
	await Promise.all([...byLane].map(async ([lane, own]) => await call(lane, own)));
}

/** The lanes, for a restore. */
export function sqsReplacementLanes(client: SQSClient, urls: LaneUrls): ReplacementLanes {
	return {
		async replace(entries) {
			const byLane = Map.groupBy(entries, ({ sendJob: { operator, priority } }) => laneName(operator, priority));
			await Promise.all(
				[...byLane].map(async ([lane, own]) => {
					const outgoing = own.map(({ sendJob, formerIds }) => entryOf(sendJob, "again", 0, formerIds));
					await sendEntries(client, urls[lane], outgoing);
				}),
			);
		},
	};
}

function entryOf(
	{ userName, messageIds }: SendJob,
	kind: LaneEntryKind,
	delaySeconds: number,
	formerIds: readonly string[] = [],
) {
	const body: LaneEntryBody = {
		user_name: userName,
		message_ids: [...messageIds],
		...(kind !== "first" && { kind }),
		...(formerIds.length > 0 && { entry_id: [...formerIds] }),
	};
	return {
		MessageBody: asciiJson(body),
		MessageGroupId: accountGroup(userName),
		DelaySeconds: delaySeconds,
	};
}

const receiveWaitSeconds = 20;

/**
 * The lanes, for the tasks that receive from them.
 * @param polling a client for long polls; `client` makes the short calls.
 */
export function sqsLaneSource(client: SQSClient, polling: SQSClient, urls: LaneUrls, log: Log): LaneSource {
	return {
		async receive(lane, entriesMax, signal, seconds) {
			const command = new ReceiveMessageCommand({
				QueueUrl: urls[lane.name],
				MaxNumberOfMessages: Math.min(entriesMax, 10),
				WaitTimeSeconds: receiveWaitSeconds,
				...(seconds !== undefined && { VisibilityTimeout: seconds }),
				MessageSystemAttributeNames: ["ApproximateReceiveCount"],
			});
			const answer = await polling.send(command, { abortSignal: signal });
			return (answer.Messages ?? []).flatMap((received) => {
				const entry = laneEntryOf(lane, received);
				if (entry === null) log.error("lane_entry.malformed", { lane: lane.name, entry: received.MessageId });
				return entry ?? [];
			});
		},
		remove: async (lane, handles) => await deleteEntries(client, urls[lane.name], handles),
		hold: async (lane, handles, seconds) => await changeVisibility(client, urls[lane.name], handles, seconds),
	};
}

/** Null for a malformed entry, which stays in its lane and ends in the dead letters. */
function laneEntryOf(lane: Lane, { Body, MessageId, ReceiptHandle, Attributes }: Received): LaneEntry | null {
	const parsed = laneEntryBody.safeParse(Body ?? "");
	if (!parsed.success) return null;
	const { user_name: userName, message_ids: messageIds, kind = "first", entry_id = [] } = parsed.data;
	return {
		sendJob: { userName, operator: lane.operator, priority: lane.priority, messageIds },
		kind,
		entryId: MessageId ?? "",
		formerIds: [entry_id].flat(),
		handle: ReceiptHandle ?? "",
		receives: Number(Attributes?.ApproximateReceiveCount ?? 1),
	};
}

/**
 * The body that replaces a dead entry of a lane; null if the dead one is malformed. The new entry may claim the messages that the
 * dead one held, and those may have been submitted before.
 */
export function redrivenLaneEntry({ body, entryId }: DeadEntry): string | null {
	const parsed = laneEntryBody.safeParse(body);
	if (!parsed.success) return null;
	return asciiJson({
		...parsed.data,
		kind: "again",
		entry_id: [parsed.data.entry_id ?? [], entryId].flat(),
	} satisfies LaneEntryBody);
}
