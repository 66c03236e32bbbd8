import { type Account, noHourlyLimits } from "#shared/domain/accounts/account.ts";
import { countSteps, hourOf } from "#shared/domain/counts/count.ts";
import type { IncomingMessage } from "#shared/domain/incoming/incoming-message.ts";
import type { MoPart } from "#shared/domain/incoming/mo-part.ts";
import { historyEntry } from "#shared/domain/message/history-entry.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { ends } from "#shared/domain/message/statuses.ts";
import { releaseRows, reportRow, type SlotRow, watchRows } from "#shared/domain/schedule/slots.ts";
import { mondayAtEleven } from "#test/fakes/builders.ts";
import type { Stores } from "./memory-aws.ts";

/** A kind of row: how the code writes it, and how it reads it. */
export type SampleRows = {
	readonly write: (stores: Stores) => Promise<unknown>;
	readonly read: (stores: Stores) => Promise<unknown>;
	/** The code reads it, and does not write it yet: the next release will. */
	readonly isReadOnly?: true;
};

/** With a value in every field, also those that are mostly empty. */
type Full<Row> = { readonly [Field in keyof Row]-?: NonNullable<Row[Field]> };

const at = mondayAtEleven;
const dayMs = 24 * 60 * 60_000;
const hourMs = 60 * 60_000;
const keepUntil = at + 90 * dayMs;
const userName = "demo";

const fullMessage: Full<Message> = {
	messageId: 1,
	userName,
	clientMessageId: "order 1",
	attempt: "attempt",
	batchId: 2,
	isFailFast: true,
	sender: "SMSGW",
	recipient: "77010000000",
	text: "Сәлем, ******",
	finalText: "mask-codes",
	textDigest: "digest",
	priority: 3,
	timeBounds: "wd99",
	flash: true,
	schedule: at + hourMs,
	scheduleState: "P",
	expiresAt: at + dayMs,
	keepUntil,
	operator: "kcell",
	segmentCount: 2,
	status: "UNDELIVERABLE",
	errorCode: "11",
	refusalText: "what is wrong",
	unreadFields: ["flash"],
	acceptedAt: at,
	clientAddress: "203.0.113.5",
	sentAt: at + 1,
	confirmedAt: at + 2,
	statusAt: at + 3,
	retryCount: 1,
	holder: "entry",
	waitsUntil: at + 60_000,
	pausedAt: at + 30_000,
	repeated: { segmentIndex: 1, times: 2, countId: "count" },
	refused: { code: "88", times: 4 },
	segments: [
		{ smscId: "a1", status: "DELIVERED", statusAt: at + 2, errorCode: null },
		{
			...{ smscId: "a2", status: "UNDELIVERABLE", statusAt: at + 3, errorCode: "11", reason: "013" },
			...{ state: "NOROUTE", copyId: "a3" },
		},
	],
	bindIndex: 1,
	history: [
		historyEntry("picked_up", 1, {}),
		historyEntry("paused", 1, {}),
		historyEntry("refused_for_now", 2, { code: "88", bindIndex: 1, times: 4, lastAfterMs: 9 }),
		historyEntry("left_out", 3, { count: 5 }),
		historyEntry("unanswered", 4, { bindIndex: 0 }),
		historyEntry("repeats_used_up", 5, {}),
		historyEntry("receipt", 6, {
			...{ segmentIndex: 1, status: "EN_ROUTE", errorCode: null },
			...{ state: "BUFFERED", reason: "27", copyId: "a3" },
		}),
		historyEntry("ended", 7, { status: "EXPIRED", errorCode: "22", reportBatchId: "batch of an earlier end" }),
	],
	reportBatchId: "batch of the end",
	wantsInterimReports: true,
	sentReportBatchId: "batch of SENT",
	enRouteReportBatchId: "batch of EN_ROUTE",
	reportPreference: "failures",
	part: { reference: 7, total: 2, number: 1, encoding: "gsm7", octets: "" },
	smpp: { session: "session", address: "77010000001", reference: 9, receiptId: 8, messageClass: 2 },
	given: { timeBounds: true, expiresAt: at + dayMs },
	revision: 4,
};

const newMessage: Message = {
	...fullMessage,
	...{ clientMessageId: null, batchId: null, isFailFast: false, flash: false, schedule: null, scheduleState: null },
	...{
		finalText: "keep",
		textDigest: null,
		refusalText: null,
		unreadFields: [],
		refused: null,
		smpp: null,
		given: null,
	},
	...{ status: "NEW", errorCode: null, sentAt: null, confirmedAt: null, retryCount: 0, holder: null, waitsUntil: null },
	...{ clientAddress: null, bindIndex: null, history: [], pausedAt: null },
	...{ repeated: null, segments: [], reportBatchId: null, wantsInterimReports: false, sentReportBatchId: null },
	...{ enRouteReportBatchId: null, reportPreference: "always", part: null, revision: 0 },
};

const fullAccount: Full<Account> = {
	userName,
	disabled: true,
	senders: [{ name: "SMSGW", defaultTimeBounds: "full", allowedTimeBounds: ["full", "def"] }],
	defaultTimeBounds: "ad99",
	duplicates: "replay",
	limits: { requestsPerSecond: 10, messagesPerDay: 1_000 },
	webhook: {
		url: "https://client.example/reports",
		ack: "any2xx",
		reports: "all",
	},
	hourlyLimits: { messages: 5, perRecipient: 6, perNumberBlock: 7 },
	finalTexts: "remove",
	smpp: {
		...{ bindsMax: 2, windowMax: 50, networks: ["203.0.113.0/24"] },
		...{ reportsQueueUrl: "https://queue.example", reportsBy: "smpp" },
	},
};

const plainAccount: Account = {
	...fullAccount,
	...{ disabled: false, limits: { requestsPerSecond: null, messagesPerDay: null }, webhook: null, smpp: null },
	...{ hourlyLimits: noHourlyLimits, finalTexts: null },
	senders: [{ name: "SMSGW", defaultTimeBounds: null, allowedTimeBounds: null }],
};

const message = (row: Message): SampleRows => ({
	write: async ({ messages }) => await messages.insert([row]),
	read: async ({ messages }) => (await messages.read([row.messageId])).get(row.messageId),
});

const account = (row: Account): SampleRows => ({
	write: async ({ accounts }) => await accounts.create(row),
	read: async ({ accounts }) => await accounts.find(row.userName),
});

const slot = at + hourMs;
const sendJob = { userName, operator: "kcell", priority: 2, messageIds: [1, 2] } as const;
const reportBatch = { reportBatchId: "batch", userName, messageIds: [1], tries: 3 };
const halfway = () => 0.5;

const slotRow = (rows: readonly SlotRow[]): SampleRows => ({
	write: async ({ slots }) => await slots.put(rows),
	read: async ({ slots }) => [
		await slots.due(at + 14 * dayMs),
		await Promise.all(rows.map(async (row) => await slots.rows(row.slot, row.shard, 10))),
	],
});

const batch = {
	...{ batchId: 2, userName, messageIds: [1, 3], acceptedAt: at, keepUntil, attempt: "attempt" },
	state: "committed",
} as const;

const part: MoPart = {
	partId: 5,
	operator: "kcell",
	sender: "77010000000",
	recipient: "1414",
	encoding: "ucs2",
	octets: "BEI=",
	place: { reference: 7, total: 2, sequence: 1 },
	arrivedAt: at,
	receivedAt: at,
};
const partGroup = { operator: "kcell", sender: part.sender, recipient: "1414", reference: 7, total: 2 } as const;
const partials = [{ messageId: 5, parts: [part], touchedAt: at, closed: false }];

const incomingMessage: Full<IncomingMessage> = {
	messageId: 6,
	userName,
	reportBatchId: "batch",
	sender: "77010000000",
	recipient: "1414",
	text: "СТОП",
	segmentCount: 1,
	receivedAt: at,
	operator: "kcell",
	keepUntil,
};

const shortCode = { shortCode: "1414", userName } as const;

/** Every kind of row that the gateway writes. */
export const sampleRows: Readonly<Record<string, SampleRows>> = {
	"message, all fields": message(fullMessage),
	"message, new": message(newMessage),
	"batch, fail-fast": {
		write: async ({ batches }) => await batches.replace(null, { ...batch, isFailFast: true }),
		read: async ({ batches }) => await batches.find(2),
	},
	"batch, tolerant": {
		write: async ({ batches }) => await batches.put({ ...batch, isFailFast: false }),
		read: async ({ batches }) => await batches.find(2),
	},
	submission: {
		write: async ({ submissions }) =>
			await submissions.put([
				{
					...{ ref: "kcell#7010000000#a1", messageId: 1, segmentIndex: 1, parts: 2 },
					...{ recipient: "77010000000", submittedAt: at, keepUntil },
				},
			]),
		read: async ({ submissions }) => await submissions.find(["kcell#7010000000#a1"]),
	},
	"submission without an answer": {
		write: async ({ submissions }) =>
			await submissions.putUnanswered([{ operator: "kcell", recipient: "77010000000", messageId: 1, keepUntil }]),
		read: async ({ submissions }) => await submissions.findUnanswered("kcell", ["77010000000"]),
	},
	"slot, release": slotRow(releaseRows([sendJob], slot, halfway)),
	"slot, release again": slotRow(releaseRows([sendJob], slot, halfway, true)),
	"slot, watch": slotRow(watchRows([{ messageId: 1, expiresAt: at }], halfway)),
	"slot, report": slotRow([reportRow(reportBatch, slot, halfway)]),
	"slot, interim report": slotRow([reportRow({ ...reportBatch, interim: { status: "EN_ROUTE", at } }, slot, halfway)]),
	"slot, report of subscribers' messages": slotRow([reportRow({ ...reportBatch, incoming: true }, slot, halfway)]),
	"report batch": {
		async write({ reportBatches, reportAttempts }) {
			await reportBatches.confirm(reportBatch, at, keepUntil, { answer: "status 204", tries: 2 });
			/* A row of its own, which only those read who want the history. */
			const attempt = { tries: 1, at, answer: "status 500", nextAt: at + 5_000 };
			await reportAttempts.failed("batch", attempt, keepUntil);
		},
		read: async ({ reportBatches }) => await reportBatches.confirmed(["batch"]),
	},
	"circuit breaker": {
		write: async ({ circuitBreakers }) => await circuitBreakers.open(userName, at + 1_000),
		read: async ({ circuitBreakers }) => await circuitBreakers.claim(userName, at, at + 2_000),
	},
	"circuit breaker, probed": {
		async write({ circuitBreakers }) {
			await circuitBreakers.open(userName, at);
			await circuitBreakers.claim(userName, at, at + 2_000);
		},
		read: async ({ circuitBreakers }) => await circuitBreakers.claim(userName, at, at + 2_000),
	},
	"account, all settings": account(fullAccount),
	"account, no settings": account(plainAccount),
	"webhook secrets": {
		write: async ({ webhookSecrets }) =>
			await webhookSecrets.change(userName, () => ({
				basic: { user: "me", password: "not a real one" },
				secrets: [`whsec_${Buffer.alloc(24, "sample").toString("base64")}`],
			})),
		read: async ({ webhookSecrets }) => await webhookSecrets.find(userName),
	},
	credentials: {
		write: async ({ credentials }) =>
			await credentials.change(userName, () => [
				{ salt: "c2FsdA==", hash: "aGFzaGhhc2hoYXNoaGFzaA==", cost: 16_384 },
				{ salt: "c2FsdA==", hash: "aGFzaGhhc2hoYXNoaGFzaA==", cost: 16_384, until: at + dayMs, since: at },
			]),
		read: async ({ credentials }) => await credentials.find(userName),
	},
	"number, ported": number({ portedTo: "tele2", porting: false, blocked: false }),
	"number, in progress and blocked": number({ portedTo: null, porting: true, blocked: true }),
	"limit counter": {
		write: async ({ quotas }) => await quotas.take("demo#2026-11-23", 4, 5, keepUntil),
		read: async ({ quotas }) => [
			await quotas.take("demo#2026-11-23", 1, 5, keepUntil),
			await quotas.take("demo#2026-11-23", 1, 5, keepUntil),
		],
	},
	counts: {
		write: async ({ counts }) => {
			const place = { operator: "kcell", priority: 3, messages: 2, segments: 5 } as const;
			const measures = [...countSteps, ...ends, "EXPIRED:22"] as const;
			const refused = { operator: null, priority: 0, measure: "UNDELIVERABLE:11", messages: 1, segments: 1 } as const;
			const own = measures.map((measure) => ({ ...place, measure }));
			await counts.add({ userName, hour: hourOf(at), counts: [...own, refused] });
		},
		read: async ({ counts }) => await counts.read(userName, hourOf(at), hourOf(at) + hourMs),
	},
	lease: {
		write: async ({ leases }) => await leases.hold("kcell#0", "task", at, at + 30_000, "{}"),
		read: async ({ leases }) => await leases.holders(["kcell#0"], at),
	},
	"lease, released": {
		async write({ leases }) {
			await leases.hold("kcell#0", "task", at, at + 30_000);
			await leases.release("kcell#0", "task");
		},
		read: async ({ leases }) => [
			await leases.holders(["kcell#0"], at),
			await leases.hold("kcell#0", "another", at, at + 30_000),
		],
	},
	"switch of an operator": {
		async write({ switches }) {
			await switches.pause("kcell");
			/* In a row of its own, which the version before does not read. */
			await switches.pauseBatch(2, keepUntil, at);
		},
		async read({ switches }) {
			const { operators, batches } = await switches.paused();
			return [...operators, ...batches];
		},
	},
	"message from a subscriber": incoming(incomingMessage),
	"message from a subscriber, without an account": incoming({
		...incomingMessage,
		userName: null,
		reportBatchId: null,
	}),
	"parts of a message from a subscriber": {
		write: async ({ parts }) => await parts.change([{ of: partGroup, partials, revision: 0 }], keepUntil),
		read: async ({ parts }) => await parts.find([partGroup]),
	},
	"short code": {
		async write({ shortCodes }) {
			await shortCodes.put({ ...shortCode, keyword: null });
			await shortCodes.put({ ...shortCode, keyword: "стоп" });
		},
		read: async ({ shortCodes }) => await shortCodes.find("1414"),
	},
};

function number(entry: { readonly portedTo: "tele2" | null; readonly porting: boolean; readonly blocked: boolean }) {
	return {
		write: async ({ numbers }: Stores) => await numbers.put([{ recipient: "77010000000", ...entry }]),
		read: async ({ numbers }: Stores) => await numbers.find(["77010000000"]),
	};
}

function incoming(row: Parameters<Stores["incoming"]["put"]>[0][number]): SampleRows {
	return {
		write: async ({ incoming: store }) => await store.put([row]),
		read: async ({ incoming: store }) => (await store.readEach([row.messageId])).rows,
	};
}
