import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { redrivenLaneEntry, sqsLaneSource } from "#shared/aws/sqs/sqs-lanes.ts";
import { submitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, laneName, lanes } from "#shared/domain/message/lanes.ts";
import type { DeadEntry } from "#shared/usecases/dead-letters/dead-entries.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const body = '{"user_name":"demo","message_ids":[7]}';
const dead = (text: string): DeadEntry => ({ body: text, entryId: "its id", group: "g", deadSince: 0, handle: "h" });

/** The entry that SQS gives with this body, under an id of its own. */
async function received(Body: string) {
	const lane = lanes[0] as Lane;
	const polling = { send: async () => ({ Messages: [{ Body, MessageId: "a new id", ReceiptHandle: "h" }] }) };
	const client = polling as unknown as SQSClient;
	const urls = { [laneName(lane.operator, lane.priority)]: "url" } as unknown as Parameters<typeof sqsLaneSource>[2];
	const [entry] = await sqsLaneSource(client, client, urls, memoryLog()).receive(lane, 1, new AbortController().signal);
	return entry;
}

it("a dead lane entry that is given back says for which ones it goes on, and that a submit may have gone", async () => {
	const renewed = redrivenLaneEntry(dead(body)) ?? expect.fail();
	const again = redrivenLaneEntry({ ...dead(renewed), entryId: "a third id" }) ?? expect.fail();

	const goesOn = { entryId: "a new id", kind: "again", sendJob: { messageIds: [7] } };
	expect(await received(renewed)).toMatchObject({ ...goesOn, formerIds: ["its id"] });
	expect(await received(again)).toMatchObject({ ...goesOn, formerIds: ["its id", "a third id"] });
	expect(await received(body)).toMatchObject({ entryId: "a new id", kind: "first", formerIds: [] });
});

it("an entry that an earlier version gave back goes on for one", async () => {
	const earlier = '{"user_name":"demo","message_ids":[7],"kind":"again","entry_id":"its id"}';

	expect(await received(earlier)).toMatchObject({ entryId: "a new id", formerIds: ["its id"] });
});

it("what is no lane entry is not given back", () => {
	expect(redrivenLaneEntry(dead("{}"))).toBeNull();
});

it("an SMSC's submits are repeated at least once: an entry that only came again was perhaps never submitted", () => {
	expect(submitStyle.safeParse({ repeats_max: 0 }).success).toBe(false);
	expect(submitStyle.safeParse({ repeats_max: 1 }).success).toBe(true);
});
