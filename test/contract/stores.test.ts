import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { type AttributeValue, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	dynamoAccountRepository,
	dynamoCredentialRepository,
	dynamoWebhookSecretRepository,
} from "#shared/aws/dynamo/dynamo-account-books.ts";
import { dynamoBatches } from "#shared/aws/dynamo/dynamo-batches.ts";
import { dynamoCircuitBreakers } from "#shared/aws/dynamo/dynamo-circuit-breakers.ts";
import { dynamoCounts } from "#shared/aws/dynamo/dynamo-counts.ts";
import { dynamoIncoming } from "#shared/aws/dynamo/dynamo-incoming.ts";
import { dynamoLeases } from "#shared/aws/dynamo/dynamo-leases.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoNumbers } from "#shared/aws/dynamo/dynamo-numbers.ts";
import { dynamoSwitches } from "#shared/aws/dynamo/dynamo-operator-switches.ts";
import { dynamoParts } from "#shared/aws/dynamo/dynamo-parts.ts";
import { dynamoQuotas } from "#shared/aws/dynamo/dynamo-quotas.ts";
import { dynamoReceiptForms } from "#shared/aws/dynamo/dynamo-receipt-forms.ts";
import { dynamoReportAttempts } from "#shared/aws/dynamo/dynamo-report-attempts.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoShortCodes } from "#shared/aws/dynamo/dynamo-short-codes.ts";
import { dynamoSlots } from "#shared/aws/dynamo/dynamo-slots.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo/dynamo-submissions.ts";
import type { Batch } from "#shared/domain/accept/batch.ts";
import { noWebhookSecrets } from "#shared/domain/accounts/account.ts";
import { type Count, hourOf } from "#shared/domain/counts/count.ts";
import { type PartGroup, partGroupKey } from "#shared/domain/incoming/mo-part.ts";
import type { Message } from "#shared/domain/message/message.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { releaseRows, reportRow, type SlotRow, slotMs, slotName, watchRows } from "#shared/domain/schedule/slots.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import type { BatchStore } from "#shared/usecases/accept/batch-store.ts";
import type { AccountRepository } from "#shared/usecases/accounts/account-store.ts";
import type { CredentialRepository } from "#shared/usecases/accounts/credential-store.ts";
import type { WebhookSecretRepository } from "#shared/usecases/accounts/webhook-secret-store.ts";
import type { CountStore } from "#shared/usecases/counts/count-store.ts";
import type { IncomingStore } from "#shared/usecases/incoming/incoming-store.ts";
import type { PartStore } from "#shared/usecases/incoming/part-store.ts";
import type { ShortCodeStore } from "#shared/usecases/incoming/short-code-store.ts";
import type { QuotaStore } from "#shared/usecases/limits/quota-store.ts";
import type { MessageStore } from "#shared/usecases/message/message-store.ts";
import type { NumberStore } from "#shared/usecases/numbers/number-store.ts";
import type { ReceiptFormStore } from "#shared/usecases/receipts/receipt-forms.ts";
import type { CircuitBreakerStore } from "#shared/usecases/reports/circuit-breaker-store.ts";
import type { ReportAttemptStore } from "#shared/usecases/reports/report-attempt-store.ts";
import type { ReportBatchStore } from "#shared/usecases/reports/report-batch-store.ts";
import type { SlotStore } from "#shared/usecases/schedule/slot-store.ts";
import type { OperatorSwitches } from "#shared/usecases/send/operator-switches.ts";
import type { SubmissionStore } from "#shared/usecases/send/submission-store.ts";
import {
	aMessage,
	anAccount,
	anIncomingMessage,
	anMoPart,
	aSentMessage,
	aSubmittedSegment,
	mondayAtEleven,
} from "#test/fakes/builders.ts";
import { memoryAccountBook, memoryCredentialBook, memoryWebhookSecretBook } from "#test/fakes/memory-books.ts";
import { memoryCounts } from "#test/fakes/memory-counter.ts";
import { memoryIncoming, memoryParts, memoryShortCodes } from "#test/fakes/memory-incoming.ts";
import { memoryLeases, memorySwitches } from "#test/fakes/memory-leases.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryNumbers } from "#test/fakes/memory-numbers.ts";
import {
	memoryBatches,
	memoryCircuitBreakers,
	memoryLog,
	memoryQuotas,
	memoryReceiptForms,
	memoryReportBatches,
	memorySlots,
	memorySubmissions,
} from "#test/fakes/memory-stores.ts";
import { awsEngine, type DynamoEngine, hasJava, localEngine, simulatedEngine } from "./dynamo-engines.ts";

/** What each driver of a store promises: one suite for the fake, the simulated engine, the local engine and AWS's own. */

type Stores = {
	readonly messages: MessageStore;
	readonly batches: BatchStore;
	readonly submissions: SubmissionStore;
	readonly receiptForms: ReceiptFormStore;
	readonly reportBatches: ReportBatchStore;
	readonly reportAttempts: ReportAttemptStore;
	readonly slots: SlotStore;
	readonly quotas: QuotaStore;
	readonly counts: CountStore;
	readonly circuitBreakers: CircuitBreakerStore;
	readonly numbers: NumberStore;
	readonly leases: LeaseStore;
	readonly switches: OperatorSwitches;
	readonly incoming: IncomingStore;
	readonly parts: PartStore;
	readonly shortCodes: ShortCodeStore;
	readonly accounts: AccountRepository;
	readonly credentials: CredentialRepository;
	readonly webhookSecrets: WebhookSecretRepository;
	/** Makes rows unreadable, as rows of a newer version would be. */
	readonly corrupt: Corrupt;
	/** Log events of unreadable rows. */
	readonly log: ReturnType<typeof memoryLog>;
};

type Corrupt = {
	message(messageId: number): Promise<void>;
	slotRow(row: SlotRow): Promise<void>;
	incoming(messageId: number): Promise<void>;
	parts(of: PartGroup): Promise<void>;
	number(recipient: string): Promise<void>;
	submission(ref: string): Promise<void>;
	reportBatch(reportBatchId: string): Promise<void>;
	lease(lease: string): Promise<void>;
	account(userName: string): Promise<void>;
	shortCode(shortCode: string): Promise<void>;
};

const now = () => mondayAtEleven + 60_000;

async function memory(): Promise<{ stores: Stores; close(): unknown }> {
	const reportBatches = memoryReportBatches();
	const stores = {
		log: memoryLog(),
		messages: memoryMessages(now),
		batches: memoryBatches(now),
		submissions: memorySubmissions(now),
		receiptForms: memoryReceiptForms(),
		...{ reportBatches, reportAttempts: reportBatches },
		slots: memorySlots(),
		quotas: memoryQuotas(),
		counts: memoryCounts(),
		circuitBreakers: memoryCircuitBreakers(),
		numbers: memoryNumbers(),
		leases: memoryLeases(),
		switches: memorySwitches(),
		incoming: memoryIncoming(now),
		parts: memoryParts(),
		shortCodes: memoryShortCodes(),
		accounts: memoryAccountBook(),
		credentials: memoryCredentialBook(),
		webhookSecrets: memoryWebhookSecretBook(),
	};
	const shortCodes = stores.shortCodes;
	const corrupt: Corrupt = {
		message: async (id) => void stores.messages.unreadable.add(id),
		slotRow: async ({ id }) => void stores.slots.unreadable.add(id),
		incoming: async (id) => void stores.incoming.unreadable.add(id),
		parts: async (of) => void stores.parts.unreadable.add(partGroupKey(of)),
		number: async (recipient) => void stores.numbers.unreadable.add(recipient),
		/* A reader sees these rows as absent. */
		submission: async (ref) => void stores.submissions.rows.delete(ref),
		reportBatch: async (id) => void stores.reportBatches.rows.delete(id),
		lease: async (lease) => void stores.leases.rows.delete(lease),
		account: async (userName) => void stores.accounts.rows.delete(userName),
		shortCode: async (shortCode) => await shortCodes.remove({ shortCode, keyword: null }),
	};
	return { stores: { ...stores, corrupt }, close() {} };
}

function on({ client, tables, close }: DynamoEngine): { stores: Stores; close(): unknown } {
	const table = (role: string) => tables[role] ?? role;
	const log = memoryLog();
	const corruptAttribute = async (
		role: string,
		Key: Record<string, AttributeValue>,
		name: string,
		value: AttributeValue,
	) => {
		await client.send(
			new UpdateItemCommand({
				TableName: table(role),
				Key,
				UpdateExpression: "SET #name = :value",
				ExpressionAttributeNames: { "#name": name },
				ExpressionAttributeValues: { ":value": value },
			}),
		);
	};
	const corrupt: Corrupt = {
		message: async (id) =>
			await corruptAttribute("messages", { message_id: { N: String(id) } }, "s", { S: '{"st":"TELEPORTED"}' }),
		slotRow: async ({ slot, shard, id }) =>
			await corruptAttribute("slots", { slot_shard: { S: `${slotName(slot)}#${shard}` }, id: { S: id } }, "action", {
				S: '{"kind":"dance"}',
			}),
		incoming: async (id) =>
			await corruptAttribute("incoming", { part_of: { S: `message#${id}` }, part: { S: "message" } }, "op", {
				S: "mars",
			}),
		parts: async (of) =>
			await corruptAttribute(
				"incoming",
				{ part_of: { S: `parts#${partGroupKey(of)}` }, part: { S: "parts" } },
				"partials",
				{ S: "{" },
			),
		number: async (recipient) =>
			await corruptAttribute("numbers", { msisdn: { N: recipient } }, "rn_code", { S: "mars" }),
		submission: async (ref) => await corruptAttribute("submissions", { smsc_ref: { S: ref } }, "m", { S: "mars" }),
		reportBatch: async (id) =>
			await corruptAttribute("reports", { report_batch: { S: id } }, "message_ids", { S: "mars" }),
		lease: async (lease) => await corruptAttribute("leases", { lease: { S: lease } }, "held_until", { S: "mars" }),
		account: async (userName) =>
			await corruptAttribute("accounts", { user_name: { S: userName } }, "account", { S: "{" }),
		shortCode: async (code) =>
			await corruptAttribute("short-codes", { short_code: { S: code } }, "keyword:", { N: "1" }),
	};
	const secretTables = { accounts: table("accounts"), webhookSecrets: table("webhook-secrets") };
	const stores = {
		corrupt,
		log,
		messages: dynamoMessages(client, table("messages"), now, log),
		batches: dynamoBatches(client, table("batches"), now),
		submissions: dynamoSubmissions(client, table("submissions"), now, log),
		receiptForms: dynamoReceiptForms(client, table("submissions")),
		reportBatches: dynamoReportBatches(client, table("reports"), log),
		reportAttempts: dynamoReportAttempts(client, table("reports"), log),
		slots: dynamoSlots(client, table("slots"), now, log),
		quotas: dynamoQuotas(client, table("limits")),
		counts: dynamoCounts(client, table("counts"), log),
		circuitBreakers: dynamoCircuitBreakers(client, table("reports")),
		numbers: dynamoNumbers(client, table("numbers"), log),
		leases: dynamoLeases(client, table("leases"), log),
		switches: dynamoSwitches(client, table("leases")),
		incoming: dynamoIncoming(client, table("incoming"), now, log),
		parts: dynamoParts(client, table("incoming"), log),
		shortCodes: dynamoShortCodes(client, table("short-codes"), log),
		accounts: dynamoAccountRepository(client, secretTables, log),
		webhookSecrets: dynamoWebhookSecretRepository(client, secretTables),
		credentials: dynamoCredentialRepository(client, table("credentials")),
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
	let close: () => unknown = () => undefined;

	beforeAll(async () => {
		if (!skipped) ({ stores, close } = await open());
	});
	afterAll(async () => await close());

	const promise = skipped ? it.skip : it;

	const stored = async ({ messageId }: Message) => (await stores.messages.read([messageId])).get(messageId);

	describe("the message store", () => {
		promise("gives back a message as it was inserted, whatever its text", async () => {
			const message = aSentMessage(["a", "b"], {
				text: "Привет, 🐫 \u0000 'quoted\" \\ {}",
				batchId: 7,
				schedule: mondayAtEleven,
				scheduleState: "N",
				errorCode: "22",
				reportBatchId: "a report batch",
				clientMessageId: "a/б в",
				flash: true,
				priority: 3,
				isFailFast: true,
				holder: randomUUID(),
				repeated: { segmentIndex: 1, times: 2 },
			});

			await stores.messages.insert([message]);

			expect(await stored(message)).toEqual(message);
		});

		promise("gives back a part that its client split, and which final statuses are reported", async () => {
			const octets = Buffer.from("04340d83d", "hex").toString("base64");
			const part = { reference: 65_535, total: 2, number: 1, encoding: "ucs2", octets } as const;
			const [failures, never] = [
				aMessage({ reportPreference: "failures", part }),
				aMessage({ reportPreference: "never" }),
			];

			await stores.messages.insert([failures, never]);

			expect([await stored(failures), await stored(never)]).toEqual([failures, never]);
		});

		promise("gives back what only a message by SMPP has", async () => {
			const [full, bare] = [
				aMessage({
					smpp: { session: "task#1", address: "2001:db8::1", reference: 65_535, receiptId: 7, messageClass: 3 },
				}),
				aMessage({ smpp: { session: null, address: "", reference: null, receiptId: null, messageClass: null } }),
			];

			await stores.messages.insert([full, bare]);

			expect([await stored(full), await stored(bare)]).toEqual([full, bare]);
		});

		promise("gives back the report batches of interim reports, and takes a change of them", async () => {
			const message = aSentMessage(["a"], { wantsInterimReports: true, sentReportBatchId: "p" });
			await stores.messages.insert([message]);
			const change = { status: "EN_ROUTE" as const, enRouteReportBatchId: "q" };

			const outcomes = [
				await stores.messages.change([{ message, change }]),
				await stores.messages.change([{ message, change }]),
			];

			expect(outcomes).toEqual([["changed"], ["changed"]]);
			expect(await stored(message)).toEqual({ ...message, ...change, revision: 1 });
		});

		promise("keeps a text until its message ends, and then only as the message asks", async () => {
			const rows = (["keep", "mask-codes", "remove"] as const).map((finalText) =>
				aSentMessage(["a"], { text: "code 1234", finalText, textDigest: "digest" }),
			);
			const texts = async () => await Promise.all(rows.map(async (row) => (await stored(row))?.text));
			await stores.messages.insert(rows);
			const before = await texts();

			await stores.messages.change(
				rows.map((message) => ({ message, change: { status: "EXPIRED" as const, reportBatchId: "p" } })),
			);
			const after = await texts();
			const again = await stores.messages.change(
				rows.map((message) => ({
					message: { ...message, revision: 1 },
					change: { status: "DELIVERED" as const, reportBatchId: "q" },
				})),
			);

			expect([before, after]).toEqual([Array(3).fill("code 1234"), ["code 1234", "code ****", ""]]);
			expect([again, await texts()]).toEqual([Array(3).fill("changed"), after]);
			expect((await stored(rows[2] ?? aMessage()))?.textDigest).toBe("digest");
		});

		promise("gives back nulls as nulls", async () => {
			const message = aMessage({ clientMessageId: null, operator: null });

			await stores.messages.insert([message]);

			expect(await stored(message)).toEqual(message);
		});

		promise("inserts under a free id only, and gives the message that has a taken id", async () => {
			const [first, free] = [aMessage(), aMessage()];
			await stores.messages.insert([first]);
			const second = aMessage({ messageId: first.messageId });

			const outcomes = await stores.messages.insert([second, free]);

			expect(outcomes).toEqual([{ kind: "taken", by: first }, { kind: "inserted" }]);
			expect(await stored(first)).toEqual(first);
		});

		promise("accepts the same insert twice", async () => {
			const message = aMessage();
			await stores.messages.insert([message]);

			const outcomes = await stores.messages.insert([message]);

			expect(outcomes).toEqual([{ kind: "inserted" }]);
		});

		promise("replaces a message that is past its retention, and no other", async () => {
			const past = aMessage({ keepUntil: mondayAtEleven });
			const kept = aMessage();
			await stores.messages.insert([past, kept]);
			const [next, twin] = [aMessage({ messageId: past.messageId }), aMessage({ messageId: kept.messageId })];

			const outcomes = await stores.messages.insert([next, twin, aMessage()]);

			expect(outcomes).toEqual([{ kind: "inserted" }, { kind: "taken", by: kept }, { kind: "inserted" }]);
			expect(await stored(past)).toEqual(next);
			expect(await stored(kept)).toEqual(kept);
		});

		promise("inserts, reads and changes more messages than one call takes", async () => {
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

		promise("leaves out absent messages and those past their retention", async () => {
			const past = aMessage({ keepUntil: mondayAtEleven });
			await stores.messages.insert([past]);

			const rows = await stores.messages.read([past.messageId, randomInt(1, 2 ** 40)]);

			expect([...rows]).toEqual([]);
		});

		promise("changes a message at the revision that was read, and increments the revision", async () => {
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
					{ smscId: "z", status: "DELIVERED" as const, statusAt: 1, errorCode: null, byOther: true as const },
				],
			};

			const outcomes = await stores.messages.change([{ message, change }]);

			expect(outcomes).toEqual(["changed"]);
			expect(await stored(message)).toEqual({ ...message, ...change, revision: 1 });
		});

		promise("changes nothing at another revision, and no absent message", async () => {
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

		promise("changes no message that another attempt inserted again at the same revision", async () => {
			const first = aMessage();
			await stores.messages.insert([first]);
			await stores.messages.undoInsert([first]);
			const reinserted = aMessage({ messageId: first.messageId });
			await stores.messages.insert([reinserted]);

			const outcomes = await stores.messages.change([{ message: first, change: {} }]);

			expect(outcomes).toEqual(["stale"]);
			expect(await stored(first)).toEqual(reinserted);
		});

		promise("changes no message that another attempt inserted again and then changed in the same way", async () => {
			const first = aMessage();
			const reinserted = aMessage({ messageId: first.messageId });
			await stores.messages.insert([reinserted]);
			await stores.messages.change([{ message: reinserted, change: { holder: "an entry" } }]);

			const outcomes = await stores.messages.change([{ message: first, change: { holder: "an entry" } }]);

			expect(outcomes).toEqual(["stale"]);
			expect(await stored(first)).toEqual({ ...reinserted, holder: "an entry", revision: 1 });
		});

		promise("increments the revision when a change has no fields", async () => {
			const message = aMessage();
			await stores.messages.insert([message]);

			expect(await stores.messages.change([{ message, change: {} }])).toEqual(["changed"]);
			expect(await stored(message)).toEqual({ ...message, revision: 1 });
		});

		promise(
			"gives back a message's holder, its repeats and refusals, and whether its batch is fail-fast (R27, A19, A51)",
			async () => {
				const repeated = { segmentIndex: 254, times: 10, countId: "a count" };
				const refused = { code: "88", times: 1_000 };
				const parts = { holder: "an entry", repeated, refused, isFailFast: true, batchId: 7 };
				const [inserted, changed] = [aMessage(parts), aMessage({ isFailFast: true, batchId: 7 })];
				const { holder } = parts;
				await stores.messages.insert([inserted, changed]);

				await stores.messages.change([
					{ message: inserted, change: { holder: null, repeated: null, refused: null } },
					{ message: changed, change: { holder, repeated, refused } },
				]);

				const cleared = { holder: null, repeated: null, refused: null };
				expect(await stored(inserted)).toEqual({ ...inserted, ...cleared, revision: 1 });
				expect(await stored(changed)).toEqual({ ...changed, holder, repeated, refused, revision: 1 });
			},
		);

		promise(
			"recognises its own change by the report batch, though another change followed: the answer may be lost",
			async () => {
				const message = aMessage();
				await stores.messages.insert([message]);
				const end = { message, change: { status: "DELIVERED" as const, reportBatchId: "ours" } };
				await stores.messages.change([end]);
				await stores.messages.change([
					{ message: { ...message, ...end.change, revision: 1 }, change: { segments: [] } },
				]);

				const again = await stores.messages.change([end]);
				const others = await stores.messages.change([{ ...end, change: { ...end.change, reportBatchId: "theirs" } }]);

				expect([again, others]).toEqual([["changed"], ["stale"]]);
				expect(await stored(message)).toMatchObject({ reportBatchId: "ours", revision: 2 });
			},
		);

		promise("cannot tell two callers' equal changes apart, unless they have ids: a count has (A51)", async () => {
			const [message, counted] = [aMessage(), aMessage()];
			await stores.messages.insert([message, counted]);
			const countBy = (countId: string) => ({ repeated: { segmentIndex: 0, times: 1, countId } });
			await stores.messages.change([
				{ message, change: { holder: "an entry" } },
				{ message: counted, change: countBy("one") },
			]);

			const outcomes = await stores.messages.change([
				{ message, change: { holder: "an entry" } },
				{ message: counted, change: countBy("other") },
			]);

			expect(outcomes).toEqual(["changed", "stale"]);
		});

		promise("lets exactly one of many changes at the same revision succeed", async () => {
			const message = aMessage();
			await stores.messages.insert([message]);

			const outcomes = await Promise.all(
				Array.from({ length: 10 }, (_, index) =>
					stores.messages.change([{ message, change: { reportBatchId: `report batch ${index}` } }]),
				),
			);

			expect(outcomes.flat().filter((outcome) => outcome === "changed")).toHaveLength(1);
		});
	});

	describe("messages whose insert is undone", () => {
		promise("are deleted where this attempt inserted them, and stay where another attempt did", async () => {
			const [own, others] = [aMessage(), aMessage()];
			await stores.messages.insert([own, others]);

			await stores.messages.undoInsert([own, { ...others, attempt: "this one" }, aMessage()]);

			expect(await stored(own)).toBeUndefined();
			expect(await stored(others)).toEqual(others);
		});

		promise(
			"stay where they were changed since, even if only their revision changed: a client may know of them",
			async () => {
				const message = aMessage();
				await stores.messages.insert([message]);
				await stores.messages.change([{ message, change: {} }]);

				await stores.messages.undoInsert([message]);

				expect(await stored(message)).toEqual({ ...message, revision: message.revision + 1 });
			},
		);
	});

	describe("batches", () => {
		const aBatch = (parts: Partial<Batch> = {}): Batch => ({
			batchId: randomInt(1, 2 ** 47),
			userName: "demo",
			messageIds: [],
			acceptedAt: 5,
			keepUntil: mondayAtEleven * 2,
			isFailFast: false,
			state: "committed",
			attempt: randomUUID(),
			...parts,
		});

		promise("are read back as they were put, with a thousand messages, until their retention is over", async () => {
			const messageIds = Array.from({ length: 1_000 }, (_, index) => 2 ** 52 + index);
			const kept = aBatch({ messageIds });
			const past = { ...kept, batchId: kept.batchId + 1, keepUntil: mondayAtEleven };

			await stores.batches.put(kept);
			await stores.batches.put(past);

			expect(await stores.batches.find(kept.batchId)).toEqual(kept);
			expect(await stores.batches.find(past.batchId)).toBeNull();
			expect(await stores.batches.find(kept.batchId + 2)).toBeNull();
		});

		promise("are read back as they were put last, fail-fast or not (R27)", async () => {
			const part = aBatch({ messageIds: [1] });
			const failFast = { ...part, attempt: "another attempt", messageIds: [1, 2], isFailFast: true };
			await stores.batches.put(part);
			await stores.batches.put(failFast);

			expect(await stores.batches.find(part.batchId)).toEqual(failFast);
		});

		promise(
			"are replaced while they are unchanged since they were read; the first one where none was read (R27)",
			async () => {
				const aborted = aBatch({ isFailFast: true, state: "aborted", attempt: "the first attempt" });
				const abortedAgain = { ...aborted, attempt: "the second attempt" };
				const committed = { ...aBatch({ isFailFast: true }), batchId: aborted.batchId, messageIds: [1, 2] };
				const found: unknown[] = [];

				const outcomes: boolean[] = [];
				for (const [known, batch] of [
					[null, aborted],
					[aborted, abortedAgain],
					[abortedAgain, committed],
				] as const) {
					outcomes.push(await stores.batches.replace(known, batch));
					found.push(await stores.batches.find(batch.batchId));
				}

				expect(outcomes).toEqual([true, true, true]);
				expect(found).toEqual([aborted, abortedAgain, committed]);
			},
		);

		promise("are replaced after an ordinary put", async () => {
			const known = aBatch({ state: "aborted" });
			const next = aBatch({ batchId: known.batchId, messageIds: [7], acceptedAt: 6 });
			await stores.batches.put(known);

			expect(await stores.batches.replace(known, next)).toBe(true);
			expect(await stores.batches.find(known.batchId)).toEqual(next);
		});

		promise("stay where another attempt wrote them since, or where one exists and none was read", async () => {
			const known = aBatch({ isFailFast: true, state: "aborted" });
			const byAnother = { ...known, attempt: "another attempt" };
			const ended = { ...known, state: "committed" } as const;
			const mine = { ...known, attempt: "this attempt", state: "committed" } as const;
			const outcomes: boolean[] = [];
			for (const current of [byAnother, ended]) {
				await stores.batches.put(current);
				outcomes.push(await stores.batches.replace(known, mine), await stores.batches.replace(null, mine));
				expect(await stores.batches.find(known.batchId)).toEqual(current);
			}

			expect(outcomes).toEqual([false, false, false, false]);
		});

		promise("are not replaced where one was read and is gone", async () => {
			const known = aBatch({ isFailFast: true, state: "aborted" });

			expect(await stores.batches.replace(known, { ...known, attempt: "another attempt" })).toBe(false);
			expect(await stores.batches.find(known.batchId)).toBeNull();
		});

		promise("replace one that is past its retention, as if there were none", async () => {
			const past = aBatch({ keepUntil: mondayAtEleven, isFailFast: true, messageIds: [1, 2, 3] });
			const next = aBatch({ batchId: past.batchId });
			await stores.batches.put(past);

			expect(await stores.batches.replace(null, next)).toBe(true);
			expect(await stores.batches.find(past.batchId)).toEqual(next);
		});

		promise("report success when the same attempt wrote the same row before: the answer may be lost", async () => {
			const [fresh, known] = [aBatch({ isFailFast: true }), aBatch({ isFailFast: true, state: "aborted" })];
			const next = { ...known, attempt: "this attempt" };
			await stores.batches.put(known);

			const outcomes: boolean[] = [];
			for (let tries = 0; tries < 2; tries += 1) {
				outcomes.push(await stores.batches.replace(null, fresh), await stores.batches.replace(known, next));
			}

			expect(outcomes).toEqual([true, true, true, true]);
			expect(await stores.batches.find(fresh.batchId)).toEqual(fresh);
			expect(await stores.batches.find(known.batchId)).toEqual(next);
		});

		promise("are replaced by exactly one of many attempts that read the same row", async () => {
			const known = aBatch({ isFailFast: true, state: "aborted" });
			await stores.batches.put(known);
			const attempts = Array.from({ length: 10 }, () => ({ ...known, attempt: randomUUID() }));

			const outcomes = await Promise.all(attempts.map((batch) => stores.batches.replace(known, batch)));

			expect(outcomes.filter((isReplaced) => isReplaced)).toHaveLength(1);
			expect(await stores.batches.find(known.batchId)).toEqual(attempts[outcomes.indexOf(true)]);
		});
	});

	describe("the submission store", () => {
		promise("finds the segments of an SMSC's message ids", async () => {
			const message = aMessage();
			const ids = Array.from({ length: 130 }, () => randomUUID());
			const segments = ids.map((id, index) => aSubmittedSegment(message, id, index));
			await stores.submissions.put(segments);

			const found = await stores.submissions.find([...segments.map(({ ref }) => ref), "kcell#unknown"]);

			expect(new Set(found.values())).toEqual(new Set(segments));
		});

		promise("keeps the later of two segments with the same id", async () => {
			const [earlier, later] = [aSubmittedSegment(aMessage(), "same"), aSubmittedSegment(aMessage(), "same")];

			await stores.submissions.put([earlier, later]);

			const found = await stores.submissions.find([earlier.ref, earlier.ref]);
			expect([...found.values()]).toEqual([later]);
		});

		promise("leaves out segments past their retention", async () => {
			const segment = { ...aSubmittedSegment(aMessage(), randomUUID()), keepUntil: mondayAtEleven };
			await stores.submissions.put([segment]);

			const found = await stores.submissions.find([segment.ref]);

			expect([...found]).toEqual([]);
		});

		promise("keeps the forms of receipts of each operator until they are cleared", async () => {
			const { receiptForms } = stores;
			await receiptForms.clear("kcell");
			const before = await receiptForms.read("kcell");
			await Promise.all(["hex bare", "zeros 8", "hex bare"].map((form) => receiptForms.add("kcell", form)));
			const added = await receiptForms.read("kcell");
			await receiptForms.clear("tele2");
			const kept = await receiptForms.read("kcell");
			await receiptForms.clear("kcell");

			expect([before, added, kept].map((forms) => [...forms].toSorted())).toEqual([
				[],
				["hex bare", "zeros 8"],
				["hex bare", "zeros 8"],
			]);
			expect(await receiptForms.read("kcell")).toEqual(new Set());
		});

		describe("submissions without an answer (A51)", () => {
			const aSubmit = (recipient: string, messageId = randomInt(1, 2 ** 47)) =>
				({ operator: "kcell", recipient, messageId, keepUntil: mondayAtEleven * 2 }) as const;
			const aRecipient = () => `7701${String(randomInt(10 ** 7)).padStart(7, "0")}`;
			/** The messages to each recipient, in the order of their ids. */
			const foundFor = async (operator: Operator, recipients: readonly string[]) => {
				const found = await stores.submissions.findUnanswered(operator, recipients);
				return new Map([...found].map(([recipient, ids]) => [recipient, ids.toSorted((one, other) => one - other)]));
			};

			promise(
				"are found by their recipient, several messages each, whether written by one call or by several",
				async () => {
					const [one, other] = [aRecipient(), aRecipient()];
					await stores.submissions.putUnanswered([aSubmit(one, 1), aSubmit(one, 2), aSubmit(other, 3)]);
					await stores.submissions.putUnanswered([aSubmit(one, 2 ** 53 - 1)]);

					const found = await foundFor("kcell", [one, other]);

					expect(found).toEqual(
						new Map([
							[one, [1, 2, 2 ** 53 - 1]],
							[other, [3]],
						]),
					);
				},
			);

			promise("name each message once, however often it was written", async () => {
				const submit = aSubmit(aRecipient());
				await stores.submissions.putUnanswered([submit, submit]);
				await stores.submissions.putUnanswered([submit]);

				const found = await foundFor("kcell", [submit.recipient]);

				expect([...found]).toEqual([[submit.recipient, [submit.messageId]]]);
			});

			promise("leave out recipients without such a submission, and those of another operator", async () => {
				const submit = aSubmit(aRecipient());
				await stores.submissions.putUnanswered([submit]);

				expect([...(await foundFor("kcell", [aRecipient(), submit.recipient])).keys()]).toEqual([submit.recipient]);
				expect([...(await foundFor("tele2", [submit.recipient]))]).toEqual([]);
			});

			promise("accept an empty list, and more recipients than one call takes", async () => {
				await stores.submissions.putUnanswered([]);
				const submits = Array.from({ length: 130 }, (_, index) => aSubmit(`7705${String(index).padStart(7, "0")}`));
				await stores.submissions.putUnanswered(submits);

				const found = await foundFor(
					"kcell",
					submits.map(({ recipient }) => recipient),
				);

				expect([...(await foundFor("kcell", []))]).toEqual([]);
				expect(found).toEqual(new Map(submits.map(({ recipient, messageId }) => [recipient, [messageId]])));
			});

			promise("are not found as segments of an SMSC's id", async () => {
				const message = aMessage({ recipient: aRecipient() });
				const segment = aSubmittedSegment(message, randomUUID());
				await stores.submissions.put([segment]);
				await stores.submissions.putUnanswered([aSubmit(message.recipient, message.messageId)]);

				const found = await stores.submissions.find([segment.ref]);

				expect([...found.values()]).toEqual([segment]);
			});
		});
	});

	describe("the number store (A49)", () => {
		const aNumber = () => `7701${String(randomInt(10 ** 7)).padStart(7, "0")}`;
		const entry = { portedTo: null, porting: false, blocked: false };

		promise("gives back what is known of each number, and leaves out unknown numbers", async () => {
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

		promise("replaces the whole entry when a number is put again", async () => {
			const recipient = aNumber();
			await stores.numbers.put([{ ...entry, recipient, portedTo: "kcell", blocked: true }]);
			await stores.numbers.put([{ ...entry, recipient, porting: true }]);

			const found = await stores.numbers.find([recipient, recipient]);

			expect([...found.values()]).toEqual([{ ...entry, recipient, porting: true }]);
		});

		promise("puts, finds and removes more numbers than one call takes", async () => {
			const recipients = Array.from({ length: 230 }, (_, index) => `7708${String(index).padStart(7, "0")}`);
			await stores.numbers.put(recipients.map((recipient) => ({ ...entry, recipient, portedTo: "altel" as const })));

			const found = await stores.numbers.find(recipients);
			await stores.numbers.remove(recipients.slice(0, 120));
			const left = await stores.numbers.find(recipients);

			expect(found.size).toBe(230);
			expect([...left.keys()].sort()).toEqual(recipients.slice(120));
		});

		promise("accepts the removal of an absent number, and empty lists", async () => {
			await stores.numbers.remove([aNumber()]);
			await stores.numbers.remove([]);
			await stores.numbers.put([]);

			expect([...(await stores.numbers.find([]))]).toEqual([]);
		});
	});

	describe("messages from subscribers (R40)", () => {
		promise("are read back as they were put, whatever their text, until their retention is over", async () => {
			const messages = [
				anIncomingMessage({ text: "Сәлем, 🐫 \u0000 'quoted\" \\ {}", messageId: 2 ** 53 - 1 }),
				anIncomingMessage({ userName: null, reportBatchId: null, text: "", sender: "", segmentCount: 255 }),
			];
			const past = anIncomingMessage({ keepUntil: mondayAtEleven });
			await stores.incoming.put([...messages, past]);

			const { rows } = await stores.incoming.readEach([...messages, past].map(({ messageId }) => messageId));

			expect(rows).toEqual(new Map(messages.map((message) => [message.messageId, message])));
		});

		promise("are read back as they were put last", async () => {
			const message = anIncomingMessage({ userName: null, reportBatchId: null });
			await stores.incoming.put([message]);
			await stores.incoming.put([{ ...message, userName: "demo", reportBatchId: "a report batch" }]);

			const { rows } = await stores.incoming.readEach([message.messageId, randomInt(2 ** 47, 2 ** 48)]);

			expect([...rows.values()]).toEqual([{ ...message, userName: "demo", reportBatchId: "a report batch" }]);
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
			return { of, partials: [draft], revision: 0 };
		};

		promise("are read back as they were written, and as an empty row where there were none", async () => {
			const [row, other] = [aRow(), aRow()];
			await stores.parts.change([row], keepUntil);

			const found = await stores.parts.find([other.of, row.of]);

			expect(found).toEqual([
				{ of: other.of, partials: [], revision: 0 },
				{ ...row, revision: 1 },
			]);
		});

		promise("are changed at the revision that was read, by exactly one of many", async () => {
			const row = aRow();
			const first = await Promise.all(Array.from({ length: 5 }, () => stores.parts.change([row], keepUntil)));
			const read = (await stores.parts.find([row.of]))[0] ?? row;

			const closed = { ...read, partials: read.partials.map((draft) => ({ ...draft, closed: true })) };
			const second = await Promise.all(Array.from({ length: 5 }, () => stores.parts.change([closed], keepUntil)));

			for (const outcomes of [first, second]) {
				expect(outcomes.flat().filter((outcome) => outcome === "changed")).toHaveLength(1);
			}
			expect(await stores.parts.find([row.of])).toEqual([{ ...closed, revision: 2 }]);
		});
	});

	describe("short codes (A48)", () => {
		promise("have an entry for each keyword, and one without a keyword", async () => {
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
		promise("has each entry once, by short code, the one without a keyword first, and no removed entry", async () => {
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
		});
	});

	describe("the account repository", () => {
		const fourTimes = [1, 2, 3, 4];

		promise("creates an account once, though several processes create it at once", async () => {
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

		promise("lists whole accounts, sorted by name", async () => {
			const smpp = {
				bindsMax: 2,
				windowMax: 7,
				networks: ["10.0.0.0/8"],
				reportsQueueUrl: "http://queues.example/q",
				reportsBy: "smpp" as const,
			};
			const accounts = [
				anAccount({ userName: `a${randomUUID()}`, smpp, webhook: null, duplicates: "replay" }),
				anAccount({ userName: `b${randomUUID()}`, limits: { requestsPerSecond: 1, messagesPerDay: null } }),
			];
			for (const account of accounts.toReversed()) await stores.accounts.create(account);

			const names = accounts.map(({ userName }) => userName);
			const all = await stores.accounts.list();

			expect(all.filter(({ userName }) => names.includes(userName))).toEqual(accounts);
		});

		promise("loses no change when several are made at once", async () => {
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

		promise("changes no absent account, and leaves an account as it was when its change throws", async () => {
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

	describe("the repository of webhook secrets", () => {
		const key = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
		const basic = { user: "u", password: "пароль" };

		promise("begins with none, and gives back what was written", async () => {
			const user = randomUUID();
			const none = await stores.webhookSecrets.find(user);

			const written = await stores.webhookSecrets.change(user, (before) => ({ ...before, basic }));
			const both = await stores.webhookSecrets.change(user, (before) => ({ ...before, secrets: [key] }));

			expect([none, written, both]).toEqual([noWebhookSecrets, { basic, secrets: [] }, { basic, secrets: [key] }]);
			expect(await stores.webhookSecrets.find(user)).toEqual(both);
		});
	});

	describe("the credential repository", () => {
		const aCredential = (cost: number) => ({
			salt: randomBytes(16).toString("base64"),
			hash: randomBytes(32).toString("base64"),
			cost: 2 ** cost,
		});

		promise("begins with no password, and loses no change when several are made at once", async () => {
			const user = `ф ${randomUUID()}`;
			const none = await stores.credentials.find(user);

			await Promise.all(
				[10, 11, 12].map((cost) => stores.credentials.change(user, (before) => [...before, aCredential(cost)])),
			);

			const costs = (await stores.credentials.find(user)).map(({ cost }) => cost);
			expect(none).toEqual([]);
			expect(costs.sort((one, other) => one - other)).toEqual([1_024, 2_048, 4_096]);
		});

		promise("returns what it wrote, and writes nothing when a change throws", async () => {
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

	describe("report batches", () => {
		promise("remember which messages of a report batch were confirmed, however often they were", async () => {
			const reportBatchId = randomUUID();
			const until = mondayAtEleven + 1_000_000;
			await stores.reportBatches.confirm(
				{ reportBatchId, userName: "demo", messageIds: [1, 2] },
				mondayAtEleven,
				until,
			);
			await stores.reportBatches.confirm(
				{ reportBatchId, userName: "demo", messageIds: [2, 3] },
				mondayAtEleven,
				until,
			);

			const confirmed = await stores.reportBatches.confirmed([reportBatchId, reportBatchId, randomUUID()]);

			expect([...confirmed.keys()]).toEqual([reportBatchId]);
			expect(new Set(confirmed.get(reportBatchId))).toEqual(new Set([1, 2, 3]));
		});

		promise("tell how their delivery went: the last attempt of each number, and the confirming answer", async () => {
			const { reportBatches, reportAttempts } = stores;
			const [failing, confirmed, known] = [randomUUID(), randomUUID(), randomUUID()];
			const [at, until] = [mondayAtEleven, mondayAtEleven + 1_000_000];
			const first = { tries: 1, at, answer: "status 500", nextAt: at + 5_000 };
			const last = { tries: 11, at, answer: "no answer in time", nextAt: null };
			const messageIds = new Set([1, 2]);
			const batch = (reportBatchId: string) => ({ reportBatchId, userName: "demo", messageIds: [...messageIds] });

			for (const attempt of [last, { ...first, answer: "status 503" }, first])
				await reportAttempts.failed(failing, attempt, until);
			await reportAttempts.failed(confirmed, first, until);
			await reportBatches.confirm(batch(confirmed), at, until, { answer: "status 204", tries: 2 });
			await reportBatches.confirm(batch(known), at, until);

			expect(await reportBatches.confirmed([failing])).toEqual(new Map());
			expect(await reportAttempts.of([failing, confirmed, known, randomUUID()])).toEqual(
				new Map([
					[failing, { failed: [first, last], confirmed: null }],
					[confirmed, { failed: [first], confirmed: { at, answer: "status 204", tries: 2, messageIds } }],
					[known, { failed: [], confirmed: { at, answer: null, tries: null, messageIds } }],
				]),
			);
		});
	});

	describe("webhook circuit breakers", () => {
		const openUntil = mondayAtEleven;

		promise("are open for all processes until their time, then let one probe (A40)", async () => {
			const user = `user ${randomUUID()} ф`;
			await stores.circuitBreakers.open(user, openUntil);
			const early = await stores.circuitBreakers.claim(user, openUntil - 1, openUntil + 10);

			const claims = await Promise.all(
				Array.from({ length: 10 }, async () => await stores.circuitBreakers.claim(user, openUntil, openUntil + 10)),
			);

			expect(early).toEqual({ kind: "open", until: openUntil, probing: false });
			expect(claims.filter(({ kind }) => kind === "granted")).toHaveLength(1);
			expect(claims).toContainEqual({ kind: "open", until: openUntil + 10, probing: true });
		});

		promise("let another process probe when the first one never reports back", async () => {
			const user = randomUUID();
			await stores.circuitBreakers.open(user, openUntil);
			await stores.circuitBreakers.claim(user, openUntil, openUntil + 10);

			expect(await stores.circuitBreakers.claim(user, openUntil + 10, openUntil + 20)).toEqual({ kind: "granted" });
		});

		promise(
			"open again after a failed probe, and are closed after a success and for accounts that never failed",
			async () => {
				const user = randomUUID();
				await stores.circuitBreakers.open(user, openUntil);
				await stores.circuitBreakers.claim(user, openUntil, openUntil + 10);
				await stores.circuitBreakers.open(user, openUntil + 30);

				const open = await stores.circuitBreakers.claim(user, openUntil + 20, openUntil + 40);
				await stores.circuitBreakers.close(user);

				expect(open).toEqual({ kind: "open", until: openUntil + 30, probing: false });
				expect(await stores.circuitBreakers.claim(user, openUntil + 20, openUntil + 40)).toEqual({ kind: "closed" });
				expect(await stores.circuitBreakers.claim(randomUUID(), openUntil, openUntil + 10)).toEqual({ kind: "closed" });
			},
		);
	});

	describe("quotas", () => {
		const until = Date.now() + 3_600_000;

		promise("grant a request whole or not at all, up to the limit", async () => {
			const counter = `day#${randomUUID()}`;
			const take = async (wanted: number) => await stores.quotas.take(counter, wanted, 10, until);

			const taken = [await take(11), await take(7), await take(4), await take(3), await take(1)];

			expect(taken).toEqual([false, true, false, true, false]);
		});

		promise("keep counters apart, and obey a changed limit", async () => {
			const [one, other] = [`day#${randomUUID()}`, `day#${randomUUID()}`];
			await stores.quotas.take(one, 10, 10, until);

			const raised = await stores.quotas.take(one, 5, 15, until);
			const lowered = await stores.quotas.take(one, 1, 5, until);
			const apart = await stores.quotas.take(other, 10, 10, until);

			expect([raised, lowered, apart]).toEqual([true, false, true]);
		});

		promise("grant no more than the limit to many requests at once", async () => {
			const counter = `second#${randomUUID()}`;

			const taken = await Promise.all(
				Array.from({ length: 30 }, async () => await stores.quotas.take(counter, 3, 20, until)),
			);

			expect(taken.filter(Boolean)).toHaveLength(6);
		});
	});

	describe("counts", () => {
		const hour = hourOf(mondayAtEleven);
		const hourMs = 3_600_000;
		const aCount = (parts: Partial<Count> = {}): Count => ({
			operator: "kcell",
			priority: 3,
			measure: "EXPIRED:22",
			messages: 2,
			segments: 5,
			...parts,
		});
		const add = async (userName: string, at: number, ...counts: readonly Count[]) =>
			await stores.counts.add({ userName, hour: at, counts });
		const read = async (userName: string, to = hour + hourMs) =>
			(await stores.counts.read(userName, hour, to)).map((row) => ({ ...row, counts: new Set(row.counts) }));

		promise("are added to those of their account and hour", async () => {
			const userName = `Банк/${randomUUID()}`;
			const refused = aCount({ operator: null, measure: "UNDELIVERABLE:11" });

			const added = await add(userName, hour, aCount(), refused);
			await add(userName, hour, aCount({ messages: 1, segments: 1 }), aCount({ measure: "accepted" }));

			expect(added).toBe(true);
			expect(await read(userName)).toEqual([
				{
					userName,
					hour,
					counts: new Set([aCount({ messages: 3, segments: 6 }), refused, aCount({ measure: "accepted" })]),
				},
			]);
		});

		promise("lose none of what many processes add at once", async () => {
			const userName = randomUUID();

			await Promise.all(Array.from({ length: 30 }, async () => await add(userName, hour, aCount())));

			expect(await read(userName)).toEqual([
				{ userName, hour, counts: new Set([aCount({ messages: 60, segments: 150 })]) },
			]);
		});

		promise("are read in order, from the first instant to before the second, of one account", async () => {
			const userName = randomUUID();
			for (const at of [2, -1, 0, 1]) await add(userName, hour + at * hourMs, aCount());
			await add(`${userName}x`, hour, aCount());

			const hours = (await read(userName, hour + 2 * hourMs)).map((row) => row.hour);

			expect(hours).toEqual([hour, hour + hourMs]);
		});

		promise("may be more than one call takes", async () => {
			const userName = randomUUID();
			const counts = Array.from({ length: 150 }, (_, code) => aCount({ measure: `FAILED:${code}` }));

			await add(userName, hour, ...counts);

			expect((await read(userName))[0]?.counts).toEqual(new Set(counts));
		});
	});

	describe("leases", () => {
		const at = mondayAtEleven;

		promise("belong to one holder until they expire, and then to the first one that takes them", async () => {
			const lease = `kcell#${randomUUID()}`;
			const first = await stores.leases.hold(lease, "one", at, at + 30);
			const early = await stores.leases.hold(lease, "other", at + 29, at + 59);

			const taken = await Promise.all(
				Array.from({ length: 10 }, async (_, index) => await stores.leases.hold(lease, `${index}`, at + 30, at + 60)),
			);

			expect([first, early]).toEqual([true, false]);
			expect(taken.filter(Boolean)).toHaveLength(1);
		});

		promise("stay with their holder, however often it renews them", async () => {
			const lease = `kcell#${randomUUID()}`;
			await stores.leases.hold(lease, "one", at, at + 30);

			const again = await stores.leases.hold(lease, "one", at, at + 30);
			const renewed = await stores.leases.hold(lease, "one", at + 10, at + 40);
			const other = await stores.leases.hold(lease, "other", at + 35, at + 65);

			expect([again, renewed, other]).toEqual([true, true, false]);
		});

		promise("are free once their holder releases them, and no other process can release them", async () => {
			const lease = `kcell#${randomUUID()}`;
			await stores.leases.hold(lease, "one", at, at + 30);

			await stores.leases.release(lease, "other");
			const kept = await stores.leases.hold(lease, "other", at + 1, at + 31);
			await stores.leases.release(lease, "one");
			const freed = await stores.leases.hold(lease, "other", at + 1, at + 31);
			await stores.leases.release(`kcell#${randomUUID()}`, "one");

			expect([kept, freed]).toEqual([false, true]);
		});

		promise("name their holders", async () => {
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

		promise("publish their holders' last notes", async () => {
			const [noted, silent] = [`kcell#${randomUUID()}`, `kcell#${randomUUID()}`];
			await stores.leases.hold(noted, "one", at, at + 30, "first");
			await stores.leases.hold(noted, "one", at + 1, at + 31, "second");
			await stores.leases.hold(silent, "one", at, at + 30);

			const notes = await stores.leases.notes([noted, silent, noted], at + 2);

			expect([...notes]).toEqual([[noted, { holder: "one", until: at + 31, note: "second" }]]);
			expect([...(await stores.leases.notes([noted], at + 31))]).toEqual([]);
		});
	});

	describe("operators' switches", () => {
		async function inOrder(ids: Iterable<number>, call: (id: number) => Promise<unknown>): Promise<void> {
			for (const id of ids) await call(id);
		}

		promise("name the paused operators until they are resumed, however often either is set", async () => {
			for (const operator of ["kcell", "tele2", "kcell"] as const) await stores.switches.pause(operator);
			const paused = await stores.switches.paused();
			for (const operator of ["kcell", "kcell", "altel"] as const) await stores.switches.resume(operator);

			expect(paused.operators).toEqual(new Set(["kcell", "tele2"]));
			expect((await stores.switches.paused()).operators).toEqual(new Set(["tele2"]));
		});

		promise(
			"name the paused batches until they are resumed or their retention ends, and at most a hundred",
			async () => {
				const { switches } = stores;
				const ids = Array.from({ length: 100 }, (_, index) => index + 1);
				await inOrder(ids, async (id) => await switches.pauseBatch(id, id === 7 ? 50 : 99, 10));
				const [again, more] = [await switches.pauseBatch(3, 99, 10), await switches.pauseBatch(101, 99, 10)];
				await inOrder([1, 1, 404], async (id) => await switches.resumeBatch(id, 10));
				const afterwards = [await switches.pauseBatch(102, 99, 60), await switches.pauseBatch(103, 99, 60)];

				expect([again, more]).toEqual([true, false]);
				expect(afterwards).toEqual([true, true]);
				const { batches } = await switches.paused();
				expect(batches.size).toBe(100);
				expect([1, 3, 7, 102, 103].filter((id) => batches.has(id))).toEqual([3, 102, 103]);
				await inOrder(batches, async (id) => await switches.resumeBatch(id, 60));
				expect((await switches.paused()).batches).toEqual(new Set());
			},
		);
	});

	describe("the slot store", () => {
		const slotOf = (days: number) => mondayAtEleven + days * 96 * slotMs;
		const sendJob = { userName: "demo", operator: "kcell" as const, priority: 2 as const, messageIds: [1, 2, 3] };

		promise("gives back the rows of one shard only, until they are removed", async () => {
			const slot = slotOf(1);
			const release = releaseRows([sendJob, sendJob], slot, () => 0);
			const [first, second] = release.map((row, index) => ({ ...row, id: `row ${index}` }));
			const [elsewhere] = releaseRows([sendJob], slot, () => 0.99);
			const [watch] = watchRows([{ messageId: 9, expiresAt: slot - 60 * 60_000 }], () => 0);
			const report = reportRow({ reportBatchId: "p", userName: "demo ф", messageIds: [7, 8], tries: 5 }, slot, () => 0);
			const rows = [first, second, elsewhere, watch, report].filter((row) => row !== undefined);
			await stores.slots.put(rows);

			const { rows: found } = await stores.slots.rows(slot, 0, 100);
			await stores.slots.remove([...found.slice(0, 1)]);
			const { rows: left } = await stores.slots.rows(slot, 0, 100);

			expect(new Set(found)).toEqual(new Set([first, second, watch, report]));
			expect(new Set(left)).toEqual(new Set(found.slice(1)));
		});

		promise("gives a shard's rows page by page, and an empty page only when no rows are left", async () => {
			const slot = slotOf(5);
			const sendJobs = Array.from({ length: 7 }, (_, index) => ({ ...sendJob, messageIds: [index + 1, 99] }));
			const rows = releaseRows(sendJobs, slot, Math.random).map((row) => ({ ...row, shard: 3 }));
			await stores.slots.put(rows);

			const seen: SlotRow[] = [];
			const sizes: number[] = [];
			for (
				let some = (await stores.slots.rows(slot, 3, 3)).rows;
				some.length > 0;
				some = (await stores.slots.rows(slot, 3, 3)).rows
			) {
				sizes.push(some.length);
				seen.push(...some);
				await stores.slots.remove(some);
			}

			expect(sizes).toEqual([3, 3, 1]);
			expect(new Set(seen)).toEqual(new Set(rows));
		});

		promise("stores a row once, even when it is put twice", async () => {
			const slot = slotOf(6);
			const [row] = releaseRows([sendJob], slot, () => 0.5);
			for (let times = 0; times < 2; times += 1) await stores.slots.put(row ? [row] : []);

			expect((await stores.slots.rows(slot, row?.shard ?? 0, 100)).rows).toEqual([row]);
		});

		promise("lists the due slots until they are forgotten, and again after another put", async () => {
			const [early, late] = [slotOf(-2), slotOf(3)];
			const put = async (slot: number) => await stores.slots.put(releaseRows([sendJob], slot, Math.random));
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

	describe("rows that cannot be read", () => {
		const loggedEvents = () => stores.log.events.splice(0).map(({ event, fields }) => ({ event, ...fields }));

		promise("are not absent messages: a read of one throws, a read of many gives the others", async () => {
			const [good, bad] = [aMessage(), aMessage({ text: "a secret" })];
			await stores.messages.insert([good, bad]);
			await stores.corrupt.message(bad.messageId);
			const ids = [good.messageId, bad.messageId, randomInt(2 ** 47, 2 ** 48)];
			stores.log.events.splice(0);

			const each = await stores.messages.readEach(ids);
			const lines = loggedEvents();

			expect([...each.rows.keys()]).toEqual([good.messageId]);
			expect(each.unreadable).toEqual(new Set([bad.messageId]));
			await expect(stores.messages.read(ids)).rejects.toThrow(`${bad.messageId} cannot be read`);
			expect(await stores.messages.read([good.messageId])).toEqual(each.rows);
			expect(lines.every(({ event }) => event === "message.unreadable")).toBe(true);
			expect(JSON.stringify(lines)).not.toContain("secret");
		});

		promise("keep their message's id: no row is inserted, changed or deleted in their place", async () => {
			const [good, bad] = [aMessage(), aMessage()];
			await stores.messages.insert([good, bad]);
			await stores.corrupt.message(bad.messageId);

			const again = aMessage({ messageId: bad.messageId });
			await expect(stores.messages.insert([again])).rejects.toThrow("cannot be read");
			const change = { status: "SENT" as const };
			const stale = { ...bad, revision: 7 };
			const outcomes = await stores.messages.change([
				{ message: good, change },
				{ message: stale, change },
			]);

			expect(outcomes).toEqual(["changed", "stale"]);
			expect((await stores.messages.readEach([bad.messageId])).unreadable).toEqual(new Set([bad.messageId]));
		});

		promise("are absent once their retention is over", async () => {
			const past = aMessage({ keepUntil: mondayAtEleven });
			await stores.messages.insert([past]);
			await stores.corrupt.message(past.messageId);

			const found = await stores.messages.readEach([past.messageId]);
			const outcomes = await stores.messages.insert([aMessage({ messageId: past.messageId })]);

			expect([found.rows.size, found.unreadable.size, outcomes]).toEqual([0, 0, [{ kind: "inserted" }]]);
		});

		promise("hide no row behind them in a shard, and are passed once", async () => {
			const slot = mondayAtEleven + 7 * 96 * slotMs;
			const sendJob = { userName: "demo", operator: "kcell" as const, priority: 2 as const, messageIds: [1] };
			const rows = releaseRows(Array(7).fill(sendJob), slot, Math.random).map((row, index) => ({
				...row,
				shard: 3,
				id: `row ${index}`,
			}));
			await stores.slots.put(rows);
			for (const row of rows.slice(0, 4)) await stores.corrupt.slotRow(row);

			const seen: string[] = [];
			let unreadable = 0;
			for (let after: string | null | undefined; after !== null; ) {
				const page = await stores.slots.rows(slot, 3, 2, after);
				seen.push(...page.rows.map(({ id }) => id));
				unreadable += page.unreadable;
				after = page.next;
			}

			expect([seen, unreadable]).toEqual([["row 4", "row 5", "row 6"], 4]);
		});

		promise("are not absent messages of subscribers, nor absent parts", async () => {
			const [good, bad] = [anIncomingMessage(), anIncomingMessage()];
			await stores.incoming.put([good, bad]);
			await stores.corrupt.incoming(bad.messageId);
			const of = { operator: "kcell" as const, sender: randomUUID(), recipient: "7", reference: 1, total: 2 };
			const other = { ...of, reference: 2 };
			for (const one of [of, other]) {
				await stores.parts.change([{ of: one, partials: [], revision: 0 }], mondayAtEleven * 2);
			}
			await stores.corrupt.parts(of);

			const found = await stores.incoming.readEach([good.messageId, bad.messageId]);

			expect([[...found.rows.values()], found.unreadable]).toEqual([[good], new Set([bad.messageId])]);
			expect(await stores.parts.find([of, other])).toEqual([null, { of: other, partials: [], revision: 1 }]);
		});

		promise("of numbers differ from unknown numbers (A49)", async () => {
			const entry = { portedTo: "tele2" as const, porting: false, blocked: false };
			const [good, bad] = ["77470000091", "77470000092"];
			await stores.numbers.put([good, bad].map((recipient) => ({ recipient, ...entry })));
			await stores.corrupt.number(bad);

			expect(await stores.numbers.find([good, bad, "77470000093"])).toEqual(
				new Map<string, unknown>([
					[good, { recipient: good, ...entry }],
					[bad, "unreadable"],
				]),
			);
		});

		promise("of submissions, report batches and leases are left out, and delay no others", async () => {
			const message = aMessage();
			const [good, bad] = [aSubmittedSegment(message, randomUUID()), aSubmittedSegment(message, randomUUID())];
			await stores.submissions.put([good, bad]);
			await stores.corrupt.submission(bad.ref);
			const [reportBatch, badReportBatch] = [randomUUID(), randomUUID()];
			for (const reportBatchId of [reportBatch, badReportBatch]) {
				await stores.reportBatches.confirm({ reportBatchId, userName: "demo", messageIds: [1] }, 1, mondayAtEleven * 2);
			}
			await stores.corrupt.reportBatch(badReportBatch);
			const [lease, badLease] = [randomUUID(), randomUUID()];
			for (const one of [lease, badLease]) await stores.leases.hold(one, "a", now(), now() + 1_000);
			await stores.corrupt.lease(badLease);

			expect([...(await stores.submissions.find([good.ref, bad.ref])).keys()]).toEqual([good.ref]);
			expect(await stores.reportBatches.confirmed([reportBatch, badReportBatch])).toEqual(
				new Map([[reportBatch, new Set([1])]]),
			);
			expect(await stores.leases.holders([lease, badLease], now())).toEqual(new Map([[lease, "a"]]));
		});

		promise("of accounts and short codes are left out of the lists", async () => {
			const [good, bad] = [anAccount({ userName: randomUUID() }), anAccount({ userName: randomUUID() })];
			for (const account of [good, bad]) await stores.accounts.create(account);
			await stores.corrupt.account(bad.userName);
			const [code, badCode] = [String(randomInt(1e6, 1e9)), String(randomInt(1e6, 1e9))];
			for (const shortCode of [code, badCode]) {
				await stores.shortCodes.put({ shortCode, keyword: null, userName: "demo" });
			}
			await stores.corrupt.shortCode(badCode);

			const names = (await stores.accounts.list()).map(({ userName }) => userName);
			const codes = (await stores.shortCodes.list()).map(({ shortCode }) => shortCode);

			expect([names.includes(good.userName), names.includes(bad.userName)]).toEqual([true, false]);
			expect([codes.includes(code), codes.includes(badCode)]).toEqual([true, false]);
		});
	});
});
