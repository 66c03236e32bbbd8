import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { redrivenLaneEntry, sqsLaneSource } from "#shared/aws/sqs/sqs-lanes.ts";
import { submitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, laneName, lanes } from "#shared/domain/message/lanes.ts";
import type { DeadEntry } from "#shared/usecases/dead-letters/dead-entries.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const body = '{"user_name":"demo","message_ids":[7]}';
const dead = (text: string): DeadEntry => ({ body: text, entryId: "its id", group: "g", deadSince: 0, handle: "h" });

/** The entry that SQS gives with this body, with a new id. */
async function received(Body: string) {
	const lane = lanes[0] as Lane;
	const polling = { send: async () => ({ Messages: [{ Body, MessageId: "a new id", ReceiptHandle: "h" }] }) };
	const client = polling as unknown as SQSClient;
	const urls = { [laneName(lane.operator, lane.priority)]: "url" } as unknown as Parameters<typeof sqsLaneSource>[2];
	const [entry] = await sqsLaneSource(client, client, urls, memoryLog()).receive(lane, 1, new AbortController().signal);
	return entry;
}

it("a redriven lane entry names the entries that it replaces, and is of kind again", async () => {
	const renewed = redrivenLaneEntry(dead(body)) ?? expect.fail();
	const again = redrivenLaneEntry({ ...dead(renewed), entryId: "a third id" }) ?? expect.fail();

	const replacing = { entryId: "a new id", kind: "again", sendJob: { messageIds: [7] } };
	expect(await received(renewed)).toMatchObject({ ...replacing, formerIds: ["its id"] });
	expect(await received(again)).toMatchObject({ ...replacing, formerIds: ["its id", "a third id"] });
	expect(await received(body)).toMatchObject({ entryId: "a new id", kind: "first", formerIds: [] });
});

it("an entry that an earlier version redrove replaces one entry", async () => {
	const earlier = '{"user_name":"demo","message_ids":[7],"kind":"again","entry_id":"its id"}';

	expect(await received(earlier)).toMatchObject({ entryId: "a new id", formerIds: ["its id"] });
});

it("an entry that is not a lane entry is not redriven", () => {
	expect(redrivenLaneEntry(dead("{}"))).toBeNull();
});

it("repeats_max is at least 1: a redelivered entry may never have been submitted", () => {
	expect(submitStyle.safeParse({ repeats_max: 0 }).success).toBe(false);
	expect(submitStyle.safeParse({ repeats_max: 1 }).success).toBe(true);
});
