import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoAccountBook, dynamoCredentialBook } from "#shared/aws/dynamo-account-books.ts";
import { dynamoAllowances } from "#shared/aws/dynamo-allowances.ts";
import { dynamoBatches } from "#shared/aws/dynamo-batches.ts";
import { dynamoCircuits } from "#shared/aws/dynamo-circuits.ts";
import { dynamoIncoming } from "#shared/aws/dynamo-incoming.ts";
import { dynamoLeases } from "#shared/aws/dynamo-leases.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoNumbers } from "#shared/aws/dynamo-numbers.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { dynamoParts } from "#shared/aws/dynamo-parts.ts";
import { dynamoShortCodes } from "#shared/aws/dynamo-short-codes.ts";
import { dynamoSlots } from "#shared/aws/dynamo-slots.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo-submissions.ts";
import { dynamoSwitches } from "#shared/aws/dynamo-switches.ts";
import type { Message } from "#shared/domain/message.ts";
import { releaseRows, reportRow, type SlotRow, slotMs, watchRows } from "#shared/domain/slots.ts";
import type {
	AccountBook,
	AllowanceStore,
	BatchStore,
	CircuitStore,
	CredentialBook,
	IncomingStore,
	LeaseStore,
	MessageStore,
	NumberStore,
	OperatorSwitches,
	PackStore,
	PartStore,
	ShortCodeStore,
	SlotStore,
	SubmissionStore,
} from "#shared/ports.ts";
import {
	aMessage,
	anAccount,
	anIncomingMessage,
	anMoPart,
	aSentMessage,
	aSubmittedSegment,
	mondayAtEleven,
} from "#test/fakes/builders.ts";
import { memoryAccountBook, memoryCredentialBook } from "#test/fakes/memory-books.ts";
import { memoryIncoming, memoryParts, memoryShortCodes } from "#test/fakes/memory-incoming.ts";
import { memoryLeases, memorySwitches } from "#test/fakes/memory-leases.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryNumbers } from "#test/fakes/memory-numbers.ts";
import {
	memoryAllowances,
	memoryBatches,
	memoryCircuits,
	memoryPacks,
	memorySlots,
	memorySubmissions,
} from "#test/fakes/memory-stores.ts";
import { awsEngine, type DynamoEngine, hasJava, localEngine, simulatedEngine } from "./dynamo-engines.ts";

/** What every driver of a store promises: one suite, passed by the fake, by the simulated and the local engine, and by AWS's own. */

type Stores = {
	readonly messages: MessageStore;
	readonly batches: BatchStore;
	readonly submissions: SubmissionStore;
	readonly packs: PackStore;
	readonly slots: SlotStore;
	readonly allowances: AllowanceStore;
	readonly circuits: CircuitStore;
	readonly numbers: NumberStore;
	readonly leases: LeaseStore;
	readonly switches: OperatorSwitches;
	readonly incoming: IncomingStore;
	readonly parts: PartStore;
	readonly shortCodes: ShortCodeStore;
	readonly accounts: AccountBook;
	readonly credentials: CredentialBook;
};

const now = () => mondayAtEleven + 60_000;

async function memory(): Promise<{ stores: Stores; close(): void }> {
	const stores = {
		messages: memoryMessages(now),
		batches: memoryBatches(now),
		submissions: memorySubmissions(now),
		packs: memoryPacks(),
		slots: memorySlots(),
		allowances: memoryAllowances(),
		circuits: memoryCircuits(),
		numbers: memoryNumbers(),
		leases: memoryLeases(),
		switches: memorySwitches(),
		incoming: memoryIncoming(now),
		parts: memoryParts(),
		shortCodes: memoryShortCodes(),
		accounts: memoryAccountBook(),
		credentials: memoryCredentialBook(),
	};
	return { stores, close() {} };
}

function on({ client, tables, close }: DynamoEngine): { stores: Stores; close(): void } {
	const table = (role: string) => tables[role] ?? role;
	const stores = {
		messages: dynamoMessages(client, table("messages"), now),
		batches: dynamoBatches(client, table("batches"), now),
		submissions: dynamoSubmissions(client, table("submissions"), now),
		packs: dynamoPacks(client, table("reports")),
		slots: dynamoSlots(client, table("slots"), now),
		allowances: dynamoAllowances(client, table("limits")),
		circuits: dynamoCircuits(client, table("reports")),
		numbers: dynamoNumbers(client, table("numbers")),
		leases: dynamoLeases(client, table("leases")),
		switches: dynamoSwitches(client, table("leases")),
		incoming: dynamoIncoming(client, table("incoming"), now),
		parts: dynamoParts(client, table("incoming")),
		shortCodes: dynamoShortCodes(client, table("short-codes")),
		accounts: dynamoAccountBook(client, table("accounts")),
		credentials: dynamoCredentialBook(client, table("credentials")),
	};
	return { stores, close };
}

describe.each([
	{ driver: "in memory", skipped: false, open: memory },
	{ driver: "on the simulated engine", skipped: false, open: async () => on(simulatedEngine()) },
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

		promise("gives back a part that its client cut, and which of its ends are to be reported", async () => {
			const octets = Buffer.from("04340d83d", "hex").toString("base64");
			const part = { reference: 65_535, total: 2, number: 1, encoding: "ucs2", octets } as const;
			const [failures, never] = [aMessage({ reported: "failures", part }), aMessage({ reported: "never" })];

			await stores.messages.insert([failures, never]);

			expect([await stored(failures), await stored(never)]).toEqual([failures, never]);
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

		promise("inserts in the place of what is past its retention, and of nothing else", async () => {
			const past = aMessage({ keepUntil: mondayAtEleven });
			const kept = aMessage();
			await stores.messages.insert([past, kept]);
			const [next, twin] = [aMessage({ messageId: past.messageId }), aMessage({ messageId: kept.messageId })];

			const outcomes = await stores.messages.insert([next, twin, aMessage()]);

			expect(outcomes).toEqual([{ kind: "inserted" }, { kind: "taken", by: kept }, { kind: "inserted" }]);
			expect(await stored(past)).toEqual(next);
			expect(await stored(kept)).toEqual(kept);
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
				segments: [
					{ smscId: "x", status: "SENT" as const, statusAt: 1, errorCode: null },
					{ smscId: "y", status: "UNDELIVERABLE" as const, statusAt: 1, errorCode: "27", reason: "01B" },
				],
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

	describe("messages that are taken back", () => {
		promise("go where this attempt inserted them, and stay where another did", async () => {
			const [own, others] = [aMessage(), aMessage()];
			await stores.messages.insert([own, others]);

			await stores.messages.takeBack([own, { ...others, attempt: "this one" }, aMessage()]);

			expect(await stored(own)).toBeUndefined();
			expect(await stored(others)).toEqual(others);
		});
	});

	describe("batches", () => {
		promise("come back as they were put, a thousand messages and all, until their time is over", async () => {
			const messageIds = Array.from({ length: 1_000 }, (_, index) => 2 ** 52 + index);
			const kept = {
				batchId: randomInt(1, 2 ** 47),
				userName: "demo",
				messageIds,
				acceptedAt: 5,
				keepUntil: mondayAtEleven * 2,
			};
			const past = { ...kept, batchId: kept.batchId + 1, keepUntil: mondayAtEleven };

			await stores.batches.put(kept);
			await stores.batches.put(past);

			expect(await stores.batches.find(kept.batchId)).toEqual(kept);
			expect(await stores.batches.find(past.batchId)).toBeNull();
			expect(await stores.batches.find(kept.batchId + 2)).toBeNull();
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

	describe("numbers (A49)", () => {
		const aNumber = () => `7701${String(randomInt(10 ** 7)).padStart(7, "0")}`;
		const entry = { portedTo: null, porting: false, blocked: false };

		promise("gives back what is known of each, and leaves out those of which nothing is", async () => {
			const entries = [
				{ ...entry, recipient: "77470000001", portedTo: "beeline" as const },
				{ ...entry, recipient: "77470000002", portedTo: "tele2" as const, blocked: true },
				{ ...entry, recipient: "77470000003", porting: true },
				{ ...entry, recipient: "77470000004", blocked: true },
			];
			await stores.numbers.put(entries);

			const found = await stores.numbers.find([...entries.map(({ recipient }) => recipient), "77470000005"]);

			expect(new Map([...found].sort())).toEqual(new Map(entries.map((one) => [one.recipient, one])));
		});

		promise("takes the later of what is put, whole", async () => {
			const recipient = aNumber();
			await stores.numbers.put([{ ...entry, recipient, portedTo: "kcell", blocked: true }]);
			await stores.numbers.put([{ ...entry, recipient, porting: true }]);

			const found = await stores.numbers.find([recipient, recipient]);

			expect([...found.values()]).toEqual([{ ...entry, recipient, porting: true }]);
		});

		promise("puts, finds and removes more at once than one call takes", async () => {
			const recipients = Array.from({ length: 230 }, (_, index) => `7708${String(index).padStart(7, "0")}`);
			await stores.numbers.put(recipients.map((recipient) => ({ ...entry, recipient, portedTo: "altel" as const })));

			const found = await stores.numbers.find(recipients);
			await stores.numbers.remove(recipients.slice(0, 120));
			const left = await stores.numbers.find(recipients);

			expect(found.size).toBe(230);
			expect([...left.keys()].sort()).toEqual(recipients.slice(120));
		});

		promise("removes what is not there, and finds nothing of nothing", async () => {
			await stores.numbers.remove([aNumber()]);
			await stores.numbers.remove([]);
			await stores.numbers.put([]);

			expect([...(await stores.numbers.find([]))]).toEqual([]);
		});
	});

	describe("messages from subscribers (R40)", () => {
		promise("come back as they were put, whatever their text, until their time is over", async () => {
			const messages = [
				anIncomingMessage({ text: "Сәлем, 🐫 \u0000 'quoted\" \\ {}", messageId: 2 ** 53 - 1 }),
				anIncomingMessage({ userName: null, pack: null, text: "", sender: "", segmentCount: 255 }),
			];
			const past = anIncomingMessage({ keepUntil: mondayAtEleven });
			await stores.incoming.put([...messages, past]);

			const rows = await stores.incoming.read([...messages, past].map(({ messageId }) => messageId));

			expect(rows).toEqual(new Map(messages.map((message) => [message.messageId, message])));
		});

		promise("are as they were put last", async () => {
			const message = anIncomingMessage({ userName: null, pack: null });
			await stores.incoming.put([message]);
			await stores.incoming.put([{ ...message, userName: "demo", pack: "a pack" }]);

			const rows = await stores.incoming.read([message.messageId, randomInt(2 ** 47, 2 ** 48)]);

			expect([...rows.values()]).toEqual([{ ...message, userName: "demo", pack: "a pack" }]);
		});
	});

	describe("parts of messages from subscribers (A48)", () => {
		const keepUntil = mondayAtEleven * 2;
		const aRow = () => {
			const of = {
				operator: "kcell" as const,
				sender: `"ф#' ${randomUUID()}`,
				recipient: "",
				reference: 65_535,
				total: 255,
			};
			const draft = { messageId: 2 ** 53 - 1, parts: [anMoPart(), anMoPart()], touchedAt: 1, closed: false };
			return { of, drafts: [draft], revision: 0 };
		};

		promise("come back as they were written, and are none where there were none", async () => {
			const [row, other] = [aRow(), aRow()];
			await stores.parts.change([row], keepUntil);

			const found = await stores.parts.find([other.of, row.of]);

			expect(found).toEqual([
				{ of: other.of, drafts: [], revision: 0 },
				{ ...row, revision: 1 },
			]);
		});

		promise("are changed at the revision they were read at, by one of many", async () => {
			const row = aRow();
			const first = await Promise.all(Array.from({ length: 5 }, () => stores.parts.change([row], keepUntil)));
			const [read = row] = await stores.parts.find([row.of]);

			const closed = { ...read, drafts: read.drafts.map((draft) => ({ ...draft, closed: true })) };
			const second = await Promise.all(Array.from({ length: 5 }, () => stores.parts.change([closed], keepUntil)));

			for (const outcomes of [first, second]) {
				expect(outcomes.flat().filter((outcome) => outcome === "changed")).toHaveLength(1);
			}
			expect(await stores.parts.find([row.of])).toEqual([{ ...closed, revision: 2 }]);
		});
	});

	describe("short codes (A48)", () => {
		promise("have an entry for each keyword, and one for the rest", async () => {
			const shortCode = randomUUID();
			const entries = [
				{ shortCode, keyword: null, userName: "one" },
				{ shortCode, keyword: "сәлем", userName: "two" },
				{ shortCode, keyword: "stop", userName: "three" },
			];
			for (const entry of entries) await stores.shortCodes.put({ ...entry, userName: "before" });
			for (const entry of entries) await stores.shortCodes.put(entry);
			await stores.shortCodes.remove({ shortCode, keyword: "stop" });
			await stores.shortCodes.remove({ shortCode, keyword: "never" });

			const found = await stores.shortCodes.find(shortCode);

			expect(new Set(found)).toEqual(new Set(entries.slice(0, 2)));
			expect(await stores.shortCodes.find(randomUUID())).toEqual([]);
			expect(await stores.shortCodes.find("")).toEqual([]);
		});
	});

	describe("the list of all short codes", () => {
		promise(
			"has each entry once, by short code, what no keyword fits first, and none of what was removed",
			async () => {
				const [first, second, gone] = ["1", "2", "3"].map((digit) => `${digit}-${randomUUID()}`) as [
					string,
					string,
					string,
				];
				const entries = [
					{ shortCode: first, keyword: null, userName: "one" },
					{ shortCode: first, keyword: "a", userName: "two" },
					{ shortCode: first, keyword: "ә", userName: "three" },
					{ shortCode: second, keyword: "stop", userName: "one" },
				];
				for (const entry of entries.toReversed()) await stores.shortCodes.put(entry);
				await stores.shortCodes.put({ shortCode: gone, keyword: "x", userName: "one" });
				await stores.shortCodes.remove({ shortCode: gone, keyword: "x" });

				const all = await stores.shortCodes.list();

				expect(all.filter(({ shortCode }) => [first, second, gone].includes(shortCode))).toEqual(entries);
			},
		);
	});

	describe("the book of accounts", () => {
		const fourTimes = [1, 2, 3, 4];

		promise("makes an account once, whoever comes first", async () => {
			const account = anAccount({ userName: `ф ${randomUUID()}` });

			const made = await Promise.all(
				["def", "full", "ad99", "wd99"].map(
					async (defaultTimeBounds) =>
						await stores.accounts.create({ ...account, defaultTimeBounds: defaultTimeBounds as "def" }),
				),
			);

			expect(made.filter(Boolean)).toHaveLength(1);
			expect(await stores.accounts.find(account.userName)).toMatchObject({ userName: account.userName });
			expect(await stores.accounts.find(randomUUID())).toBeNull();
		});

		promise("gives accounts back whole, by their names", async () => {
			const smpp = { bindsMax: 2, windowMax: 7, networks: ["10.0.0.0/8"], reportsQueueUrl: "http://queues.example/q" };
			const accounts = [
				anAccount({ userName: `a${randomUUID()}`, smpp, webhook: null, duplicates: "replay" }),
				anAccount({ userName: `b${randomUUID()}`, limits: { requestsPerSecond: 1, messagesPerDay: null } }),
			];
			for (const account of accounts.toReversed()) await stores.accounts.create(account);

			const names = accounts.map(({ userName }) => userName);
			const all = await stores.accounts.list();

			expect(all.filter(({ userName }) => names.includes(userName))).toEqual(accounts);
		});

		promise("loses no change where several are made at once", async () => {
			const account = anAccount({ senders: [] });
			await stores.accounts.create(account);
			const sender = (n: number) => ({ name: `S${n}`, defaultTimeBounds: null, allowedTimeBounds: null });

			await Promise.all(
				fourTimes.map((n) =>
					stores.accounts.change(account.userName, (before) => ({
						...before,
						senders: [...before.senders, sender(n)],
					})),
				),
			);

			const { senders = [] } = (await stores.accounts.find(account.userName)) ?? {};
			expect(senders.map(({ name }) => name).sort()).toEqual(["S1", "S2", "S3", "S4"]);
		});

		promise("changes none that is not there, and leaves one as it was whose change is refused", async () => {
			const account = anAccount();
			await stores.accounts.create(account);
			const refuse = () => {
				throw new Error("no");
			};

			expect(await stores.accounts.change(randomUUID(), (before) => before)).toBeNull();
			await expect(stores.accounts.change(account.userName, refuse)).rejects.toThrow("no");
			expect(await stores.accounts.find(account.userName)).toEqual(account);
		});
	});

	describe("the book of passwords", () => {
		const aCredential = (cost: number) => ({
			salt: randomBytes(16).toString("base64"),
			hash: randomBytes(32).toString("base64"),
			cost: 2 ** cost,
		});

		promise("begins with none, and loses no change where several are made at once", async () => {
			const user = `ф ${randomUUID()}`;
			const none = await stores.credentials.find(user);

			await Promise.all(
				[10, 11, 12].map((cost) => stores.credentials.change(user, (before) => [...before, aCredential(cost)])),
			);

			const costs = (await stores.credentials.find(user)).map(({ cost }) => cost);
			expect(none).toEqual([]);
			expect(costs.sort((one, other) => one - other)).toEqual([1_024, 2_048, 4_096]);
		});

		promise("tells what it wrote, with its end, and nothing where a change is refused", async () => {
			const user = randomUUID();
			const written = [{ ...aCredential(14), until: mondayAtEleven }];
			const refuse = () => {
				throw new Error("no");
			};

			expect(await stores.credentials.change(user, () => written)).toEqual(written);
			await expect(stores.credentials.change(user, refuse)).rejects.toThrow("no");
			expect(await stores.credentials.find(user)).toEqual(written);
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

	describe("circuits", () => {
		const shutAt = mondayAtEleven;

		promise("keep everybody away until their time, then let one try (A40)", async () => {
			const user = `user ${randomUUID()} ф`;
			await stores.circuits.shut(user, shutAt);
			const early = await stores.circuits.claim(user, shutAt - 1, shutAt + 10);

			const claims = await Promise.all(
				Array.from({ length: 10 }, async () => await stores.circuits.claim(user, shutAt, shutAt + 10)),
			);

			expect(early).toEqual({ kind: "shut", until: shutAt, probing: false });
			expect(claims.filter(({ kind }) => kind === "yours")).toHaveLength(1);
			expect(claims).toContainEqual({ kind: "shut", until: shutAt + 10, probing: true });
		});

		promise("let another try where the first was never heard of again", async () => {
			const user = randomUUID();
			await stores.circuits.shut(user, shutAt);
			await stores.circuits.claim(user, shutAt, shutAt + 10);

			expect(await stores.circuits.claim(user, shutAt + 10, shutAt + 20)).toEqual({ kind: "yours" });
		});

		promise("are shut anew by who tried, and know nothing of who was found sound, or never failed", async () => {
			const user = randomUUID();
			await stores.circuits.shut(user, shutAt);
			await stores.circuits.claim(user, shutAt, shutAt + 10);
			await stores.circuits.shut(user, shutAt + 30);

			const shut = await stores.circuits.claim(user, shutAt + 20, shutAt + 40);
			await stores.circuits.sound(user);

			expect(shut).toEqual({ kind: "shut", until: shutAt + 30, probing: false });
			expect(await stores.circuits.claim(user, shutAt + 20, shutAt + 40)).toEqual({ kind: "sound" });
			expect(await stores.circuits.claim(randomUUID(), shutAt, shutAt + 10)).toEqual({ kind: "sound" });
		});
	});

	describe("allowances", () => {
		const until = Date.now() + 3_600_000;

		promise("hand out what a counter has, all or nothing", async () => {
			const counter = `day#${randomUUID()}`;
			const take = async (wanted: number) => await stores.allowances.take(counter, wanted, 10, until);

			const taken = [await take(11), await take(7), await take(4), await take(3), await take(1)];

			expect(taken).toEqual([false, true, false, true, false]);
		});

		promise("keep counters apart, and obey a limit that was changed", async () => {
			const [one, other] = [`day#${randomUUID()}`, `day#${randomUUID()}`];
			await stores.allowances.take(one, 10, 10, until);

			const raised = await stores.allowances.take(one, 5, 15, until);
			const lowered = await stores.allowances.take(one, 1, 5, until);
			const apart = await stores.allowances.take(other, 10, 10, until);

			expect([raised, lowered, apart]).toEqual([true, false, true]);
		});

		promise("hand out no more than there is to many who ask at once", async () => {
			const counter = `second#${randomUUID()}`;

			const taken = await Promise.all(
				Array.from({ length: 30 }, async () => await stores.allowances.take(counter, 3, 20, until)),
			);

			expect(taken.filter(Boolean)).toHaveLength(6);
		});
	});

	describe("leases", () => {
		const at = mondayAtEleven;

		promise("are one holder's until their time, and then whoever's comes first", async () => {
			const lease = `kcell#${randomUUID()}`;
			const first = await stores.leases.hold(lease, "one", at, at + 30);
			const early = await stores.leases.hold(lease, "other", at + 29, at + 59);

			const taken = await Promise.all(
				Array.from({ length: 10 }, async (_, index) => await stores.leases.hold(lease, `${index}`, at + 30, at + 60)),
			);

			expect([first, early]).toEqual([true, false]);
			expect(taken.filter(Boolean)).toHaveLength(1);
		});

		promise("are kept by who holds them, however often it says so", async () => {
			const lease = `kcell#${randomUUID()}`;
			await stores.leases.hold(lease, "one", at, at + 30);

			const again = await stores.leases.hold(lease, "one", at, at + 30);
			const renewed = await stores.leases.hold(lease, "one", at + 10, at + 40);
			const other = await stores.leases.hold(lease, "other", at + 35, at + 65);

			expect([again, renewed, other]).toEqual([true, true, false]);
		});

		promise("are anybody's once they are released by their holder, and by nobody else", async () => {
			const lease = `kcell#${randomUUID()}`;
			await stores.leases.hold(lease, "one", at, at + 30);

			await stores.leases.release(lease, "other");
			const kept = await stores.leases.hold(lease, "other", at + 1, at + 31);
			await stores.leases.release(lease, "one");
			const freed = await stores.leases.hold(lease, "other", at + 1, at + 31);
			await stores.leases.release(`kcell#${randomUUID()}`, "one");

			expect([kept, freed]).toEqual([false, true]);
		});

		promise("tell who holds them", async () => {
			const [held, past, released, free] = Array.from({ length: 4 }, () => `kcell#${randomUUID()}`) as [
				string,
				string,
				string,
				string,
			];
			await stores.leases.hold(held, "one", at, at + 30);
			await stores.leases.hold(past, "one", at, at + 20);
			await stores.leases.hold(released, "one", at, at + 30);
			await stores.leases.release(released, "one");

			const holders = await stores.leases.holders([held, past, released, free, held], at + 20);

			expect([...holders]).toEqual([[held, "one"]]);
			expect([...(await stores.leases.holders([], at))]).toEqual([]);
		});
	});

	describe("operators' switches", () => {
		promise("tell who is paused, until it is resumed, however often either is said", async () => {
			for (const operator of ["kcell", "tele2", "kcell"] as const) await stores.switches.pause(operator);
			const paused = await stores.switches.paused();
			for (const operator of ["kcell", "kcell", "altel"] as const) await stores.switches.resume(operator);

			expect(paused).toEqual(new Set(["kcell", "tele2"]));
			expect(await stores.switches.paused()).toEqual(new Set(["tele2"]));
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
			const report = reportRow({ packId: "p", userName: "demo ф", messageIds: [7, 8], tries: 5 }, slot, () => 0);
			const rows = [first, second, elsewhere, watch, report].filter((row) => row !== undefined);
			await stores.slots.put(rows);

			const found = await stores.slots.rows(slot, 0, 100);
			await stores.slots.remove([...found.slice(0, 1)]);
			const left = await stores.slots.rows(slot, 0, 100);

			expect(new Set(found)).toEqual(new Set([first, second, watch, report]));
			expect(new Set(left)).toEqual(new Set(found.slice(1)));
		});

		promise("gives a shard's rows some at a time, and none only when none are left", async () => {
			const slot = slotOf(5);
			const parcels = Array.from({ length: 7 }, (_, index) => ({ ...parcel, messageIds: [index + 1, 99] }));
			const rows = releaseRows(parcels, slot, Math.random).map((row) => ({ ...row, shard: 3 }));
			await stores.slots.put(rows);

			const seen: SlotRow[] = [];
			const sizes: number[] = [];
			for (
				let some = await stores.slots.rows(slot, 3, 3);
				some.length > 0;
				some = await stores.slots.rows(slot, 3, 3)
			) {
				sizes.push(some.length);
				seen.push(...some);
				await stores.slots.remove(some);
			}

			expect(sizes).toEqual([3, 3, 1]);
			expect(new Set(seen)).toEqual(new Set(rows));
		});

		promise("keeps one of a row that is put again", async () => {
			const slot = slotOf(6);
			const [row] = releaseRows([parcel], slot, () => 0.5);
			for (let times = 0; times < 2; times += 1) await stores.slots.put(row ? [row] : []);

			expect(await stores.slots.rows(slot, row?.shard ?? 0, 100)).toEqual([row]);
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
