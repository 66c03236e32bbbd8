import { randomInt, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { dynamoSlots } from "#shared/aws/dynamo-slots.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo-submissions.ts";
import type { Message } from "#shared/domain/message.ts";
import { releaseRows, slotMs, watchRows } from "#shared/domain/slots.ts";
import type { MessageStore, PackStore, SlotStore, SubmissionStore } from "#shared/ports.ts";
import { aMessage, aSentMessage, aSubmittedSegment, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryPacks, memorySlots, memorySubmissions } from "#test/fakes/memory-stores.ts";
import { awsEngine, type DynamoEngine, hasJava, localEngine } from "./dynamo-engines.ts";

/** What every driver of a store promises: one suite, passed by the fake, by the local engine, and by AWS's own. */

type Stores = {
	readonly messages: MessageStore;
	readonly submissions: SubmissionStore;
	readonly packs: PackStore;
	readonly slots: SlotStore;
};

const now = () => mondayAtEleven + 60_000;

async function memory(): Promise<{ stores: Stores; close(): void }> {
	const stores = {
		messages: memoryMessages(now),
		submissions: memorySubmissions(now),
		packs: memoryPacks(),
		slots: memorySlots(),
	};
	return { stores, close() {} };
}

function on({ client, tables, close }: DynamoEngine): { stores: Stores; close(): void } {
	const table = (role: string) => tables[role] ?? role;
	const stores = {
		messages: dynamoMessages(client, table("messages"), now),
		submissions: dynamoSubmissions(client, table("submissions"), now),
		packs: dynamoPacks(client, table("reports")),
		slots: dynamoSlots(client, table("slots"), now),
	};
	return { stores, close };
}

describe.each([
	{ driver: "in memory", skipped: false, open: memory },
	{ driver: "on the local engine", skipped: false, open: async () => on(await localEngine()) },
	{ driver: "on AWS's DynamoDB Local", skipped: !hasJava, open: async () => on(await awsEngine()) },
])("stores $driver", ({ skipped, open }) => {
	let stores: Stores;
	let close: () => void = () => undefined;

	beforeAll(async () => {
		if (!skipped) ({ stores, close } = await open());
	});
	afterAll(() => close());

	const promise = skipped ? it.skip : it;

	/** The message as the store gives it back. */
	const stored = async ({ messageId }: Message) => (await stores.messages.read([messageId])).get(messageId);

	describe("messages", () => {
		promise("gives back a message as it was inserted, whatever its text", async () => {
			const message = aSentMessage(["a", "b"], {
				text: "Привет, 🐫 \u0000 'quoted\" \\ {}",
				batchId: 7,
				schedule: mondayAtEleven,
				scheduleState: "N",
				errorCode: "22",
				pack: "a pack",
				clientMessageId: "a/б в",
				flash: true,
				priority: 3,
			});

			await stores.messages.insert([message]);

			expect(await stored(message)).toEqual(message);
		});

		promise("gives back nulls as nulls", async () => {
			const message = aMessage({ clientMessageId: null, operator: null });

			await stores.messages.insert([message]);

			expect(await stored(message)).toEqual(message);
		});

		promise("inserts under a free id only, and says who has the others", async () => {
			const [first, free] = [aMessage(), aMessage()];
			await stores.messages.insert([first]);
			const second = aMessage({ messageId: first.messageId });

			const outcomes = await stores.messages.insert([second, free]);

			expect(outcomes).toEqual([{ kind: "taken", by: first }, { kind: "inserted" }]);
			expect(await stored(first)).toEqual(first);
		});

		promise("takes the same insert again as its own", async () => {
			const message = aMessage();
			await stores.messages.insert([message]);

			const outcomes = await stores.messages.insert([message]);

			expect(outcomes).toEqual([{ kind: "inserted" }]);
		});

		promise("inserts, reads and changes more at once than one call takes", async () => {
			const messages = Array.from({ length: 120 }, () => aMessage());

			const inserted = await stores.messages.insert(messages);
			const changed = await stores.messages.change(
				messages.map((message) => ({ message, change: { retryCount: message.messageId } })),
			);

			expect(new Set(inserted.map(({ kind }) => kind))).toEqual(new Set(["inserted"]));
			expect(new Set(changed)).toEqual(new Set(["changed"]));
			const rows = await stores.messages.read(messages.map(({ messageId }) => messageId));
			expect(rows.size).toBe(120);
			for (const { retryCount, messageId } of rows.values()) expect(retryCount).toBe(messageId);
		});

		promise("leaves out what is not there, and what is past its retention", async () => {
			const past = aMessage({ keepUntil: mondayAtEleven });
			await stores.messages.insert([past]);

			const rows = await stores.messages.read([past.messageId, randomInt(1, 2 ** 40)]);

			expect([...rows]).toEqual([]);
		});

		promise("changes a message at the revision it was read at, and counts that up", async () => {
			const message = aMessage();
			await stores.messages.insert([message]);
			const change = {
				status: "SENT" as const,
				errorCode: null,
				sentAt: mondayAtEleven,
				confirmedAt: mondayAtEleven + 1,
				statusAt: mondayAtEleven + 2,
				segments: [{ smscId: "x", status: "SENT" as const, statusAt: 1, errorCode: null }],
			};

			const outcomes = await stores.messages.change([{ message, change }]);

			expect(outcomes).toEqual(["changed"]);
			expect(await stored(message)).toEqual({ ...message, ...change, revision: 1 });
		});

		promise("changes nothing at another revision, and nothing that is not there", async () => {
			const [message, absent] = [aMessage(), aMessage()];
			await stores.messages.insert([message]);
			await stores.messages.change([{ message, change: { retryCount: 1 } }]);

			const outcomes = await stores.messages.change([
				{ message, change: { retryCount: 2 } },
				{ message: absent, change: { retryCount: 2 } },
			]);

			expect(outcomes).toEqual(["stale", "stale"]);
			expect((await stored(message))?.retryCount).toBe(1);
			expect(await stored(absent)).toBeUndefined();
		});

		promise("lets one of many changes of the same revision win", async () => {
			const message = aMessage();
			await stores.messages.insert([message]);

			const outcomes = await Promise.all(
				Array.from({ length: 10 }, (_, index) =>
					stores.messages.change([{ message, change: { pack: `pack ${index}` } }]),
				),
			);

			expect(outcomes.flat().filter((outcome) => outcome === "changed")).toHaveLength(1);
		});
	});

	describe("submissions", () => {
		promise("finds the segments that an SMSC's ids stand for", async () => {
			const message = aMessage();
			const ids = Array.from({ length: 130 }, () => randomUUID());
			const segments = ids.map((id, index) => aSubmittedSegment(message, id, index));
			await stores.submissions.put(segments);

			const found = await stores.submissions.find([...segments.map(({ ref }) => ref), "kcell#nobody's"]);

			expect(new Set(found.values())).toEqual(new Set(segments));
		});

		promise("lets the later of two that have the same id count", async () => {
			const [earlier, later] = [aSubmittedSegment(aMessage(), "same"), aSubmittedSegment(aMessage(), "same")];

			await stores.submissions.put([earlier, later]);

			const found = await stores.submissions.find([earlier.ref, earlier.ref]);
			expect([...found.values()]).toEqual([later]);
		});

		promise("forgets what is past its time", async () => {
			const segment = { ...aSubmittedSegment(aMessage(), randomUUID()), keepUntil: mondayAtEleven };
			await stores.submissions.put([segment]);

			const found = await stores.submissions.find([segment.ref]);

			expect([...found]).toEqual([]);
		});
	});

	describe("packs", () => {
		promise("knows for which messages a pack was confirmed, however often it was", async () => {
			const packId = randomUUID();
			const until = mondayAtEleven + 1_000_000;
			await stores.packs.confirm({ packId, userName: "demo", messageIds: [1, 2] }, mondayAtEleven, until);
			await stores.packs.confirm({ packId, userName: "demo", messageIds: [2, 3] }, mondayAtEleven, until);

			const confirmed = await stores.packs.confirmed([packId, packId, randomUUID()]);

			expect([...confirmed.keys()]).toEqual([packId]);
			expect(new Set(confirmed.get(packId))).toEqual(new Set([1, 2, 3]));
		});
	});

	describe("slots", () => {
		const slotOf = (days: number) => mondayAtEleven + days * 96 * slotMs;
		const parcel = { userName: "demo", operator: "kcell" as const, priority: 2 as const, messageIds: [1, 2, 3] };

		promise("gives back the rows of a shard, and only those, until they are removed", async () => {
			const slot = slotOf(1);
			const release = releaseRows([parcel, parcel], slot, () => 0);
			const [first, second] = release.map((row, index) => ({ ...row, look: `row ${index}` }));
			const [elsewhere] = releaseRows([parcel], slot, () => 0.99);
			const [watch] = watchRows([{ messageId: 9, expiresAt: slot - 60 * 60_000 }], () => 0);
			const rows = [first, second, elsewhere, watch].filter((row) => row !== undefined);
			await stores.slots.put(rows);

			const found = await stores.slots.rows(slot, 0);
			await stores.slots.remove([...found.slice(0, 1)]);
			const left = await stores.slots.rows(slot, 0);

			expect(new Set(found)).toEqual(new Set([first, second, watch]));
			expect(new Set(left)).toEqual(new Set(found.slice(1)));
		});

		promise("lists the slots that are due, until they are forgotten or put into again", async () => {
			const [early, late] = [slotOf(-2), slotOf(3)];
			const put = async (slot: number) => await stores.slots.put(releaseRows([parcel], slot, Math.random));
			await put(early);
			await put(late);

			const due = await stores.slots.due(slotOf(2));
			await stores.slots.forget(early);
			const forgotten = await stores.slots.due(slotOf(2));
			await put(early);
			const again = await stores.slots.due(slotOf(2));

			expect(due).toContain(early);
			expect(due).not.toContain(late);
			expect(forgotten).not.toContain(early);
			expect(again).toContain(early);
		});
	});
});
