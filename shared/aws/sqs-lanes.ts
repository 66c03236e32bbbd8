import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type LaneEntryBody, laneEntryBody } from "../contracts/queue-entries.ts";
import { type Lane, type LaneName, laneName } from "../domain/lanes.ts";
import type { Parcel } from "../domain/parcels.ts";
import type { LaneEntry, LaneSource, Lanes, Log } from "../ports.ts";
import { asciiJson } from "./ascii-json.ts";
import { deleteEntries, holdEntries, sendEntries } from "./sqs-queues.ts";

export type LaneUrls = Readonly<Record<LaneName, string>>;

/** The lanes as those see them who put messages in. */
export function sqsLanes(client: SQSClient, urls: LaneUrls): Lanes {
	return {
		async send(parcels, delaySeconds) {
			const byLane = Map.groupBy(parcels, ({ operator, priority }) => laneName(operator, priority));
			await Promise.all(
				[...byLane].map(async ([lane, own]) => {
					await sendEntries(
						client,
						urls[lane],
						own.map((parcel) => entryOf(parcel, delaySeconds)),
					);
				}),
			);
		},
	};
}

function entryOf({ userName, messageIds }: Parcel, delaySeconds: number | undefined) {
	const body: LaneEntryBody = { user_name: userName, message_ids: [...messageIds] };
	return {
		MessageBody: asciiJson(body),
		/* Accounts share a lane: SQS then takes turns between them. */
		MessageGroupId: groupOf(userName),
		...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
	};
}

/** A group's name allows less than a user's does. */
const groupOf = (userName: string) => Buffer.from(userName).toString("base64url").slice(0, 128);

const receiveWaitSeconds = 20;

/**
 * The lanes as the binds see them.
 * @param polling a client for long polls, apart from the one for short calls.
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
			return (answer.Messages ?? []).flatMap(({ Body = "", ReceiptHandle: handle = "", Attributes }) => {
				const receives = Number(Attributes?.ApproximateReceiveCount ?? 1);
				const parcel = parcelOf(lane, Body);
				if (parcel === null) log.error("lane_entry.malformed", { lane: lane.name, receives });
				return parcel === null ? [] : [{ parcel, handle, receives } satisfies LaneEntry];
			});
		},
		remove: async (lane, handles) => await deleteEntries(client, urls[lane.name], handles),
		hold: async (lane, handles, seconds) => await holdEntries(client, urls[lane.name], handles, seconds),
	};
}

/** Null for what is no lane entry: it is left to its lane, whose dead letters it will rest in. */
function parcelOf({ operator, priority }: Lane, body: string): Parcel | null {
	const parsed = laneEntryBody.safeParse(body);
	if (!parsed.success) return null;
	return { userName: parsed.data.user_name, operator, priority, messageIds: parsed.data.message_ids };
}
