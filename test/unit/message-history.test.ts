import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { itemSize } from "#local/engines/dynamodb/item-size.ts";
import { itemOf, messageOf, searchAttributes } from "#shared/aws/dynamo/message-columns.ts";
import { type FailedAttempt, withEntries, withRefusal } from "#shared/domain/message/history.ts";
import { type HistoryEntry, historyEntry } from "#shared/domain/message/history-entry.ts";
import type { Message } from "#shared/domain/message/message.ts";
import {
	awaitingReceipt,
	claimed,
	interrupted,
	receiptApplied,
	submitted,
} from "#shared/domain/message/message-transitions.ts";
import { aMessage, aSentMessage } from "#test/fakes/builders.ts";

const entries: readonly HistoryEntry[] = [
	historyEntry("picked_up", 1, {}),
	historyEntry("paused", 1, {}),
	historyEntry("refused_for_now", 2, { code: "88", bindIndex: 1, times: 4, lastAfterMs: 9 }),
	historyEntry("refused_for_now", 3, { code: "88", bindIndex: null, times: 1, lastAfterMs: 3 }),
	historyEntry("unanswered", 4, { bindIndex: null }),
	historyEntry("repeats_used_up", 5, {}),
	historyEntry("receipt", 6, {
		...{ segmentIndex: 1, status: "EN_ROUTE", errorCode: null },
		...{ state: "BUFFERED", reason: "27", copyId: null },
	}),
	historyEntry("ended", 7, { status: "EXPIRED", errorCode: "22", reportBatchId: null }),
	historyEntry("left_out", 8, { count: 5 }),
];

describe("the history of a message", () => {
	it.each(entries)("comes back from its row as it was written: $kind", (entry) => {
		const { history } = messageOf(itemOf(aMessage({ history: [entry] })));

		/* Rows are compared as JSON: the order of the fields counts. */
		expect(JSON.stringify(history)).toBe(JSON.stringify([entry]));
	});

	it.each([
		["of a kind that is not known", ["z", 1, "x"]],
		["with a value of another type", ["r", 1, 2, 3, "x"]],
		["that is no list", "x"],
		["without a time", ["p"]],
	])("leaves an entry out %s, and the message can be read", (_, entry) => {
		const item = itemOf(aMessage({ history: [historyEntry("picked_up", 1, {})] }));
		const state = JSON.parse(item["s"]?.S ?? "");
		const changed = { ...item, s: { S: JSON.stringify({ ...state, hi: [entry, ...state.hi] }) } };

		expect(messageOf(changed).history).toEqual([historyEntry("picked_up", 1, {})]);
	});

	it("does not repeat an entry that is written twice", () => {
		expect(withEntries(entries, entries)).toEqual(entries);
	});

	it("keeps the first and the last entries of a thousand, and counts the others", () => {
		let history: readonly HistoryEntry[] = [];
		for (let n = 0; n < 1_000; n += 1)
			history = withEntries(history, [historyEntry("unanswered", n, { bindIndex: 0 })]);

		expect(history.map(({ afterMs }) => afterMs)).toEqual([0, 1, 2, 3, 4, ...[992, 993, 994, 995, 996, 997, 998, 999]]);
		expect(history[4]).toEqual(historyEntry("left_out", 4, { count: 988 }));
	});

	it("counts only failed submits among the entries that it leaves out, and keeps each end", () => {
		const refusal = historyEntry("refused_for_now", 4, { code: "88", bindIndex: 0, times: 7, lastAfterMs: 4 });
		const end = historyEntry("ended", 5, { status: "EXPIRED", errorCode: "22", reportBatchId: "one" });
		const others = Array.from({ length: 20 }, (_, index) => historyEntry("picked_up", index + 10, {}));
		const history = withEntries([], [...others.slice(0, 4), refusal, end, ...others.slice(4)]);
		const more = withEntries(history, [historyEntry("unanswered", 50, { bindIndex: 0 })]);

		expect(more.slice(4, 6)).toEqual([historyEntry("left_out", 4, { count: 7 }), end]);
		expect(more).toHaveLength(14);
	});

	it("keeps two refusals of the same millisecond with different codes", () => {
		const refused = (code: string) =>
			historyEntry("refused_for_now", 4, { code, bindIndex: 0, times: 1, lastAfterMs: 4 });

		expect(withEntries([refused("88")], [refused("20")])).toHaveLength(2);
	});

	it("counts refusals with the same code in a row as one entry, also over several records", () => {
		let message = aMessage();
		let attempts: readonly FailedAttempt[] = [];
		for (let n = 1; n <= 1_000; n += 1) {
			attempts = withRefusal(attempts, message, { at: message.acceptedAt + n, bindIndex: 0, code: "88" });
			if (n % 4 === 0) {
				message = { ...message, history: withEntries(message.history, attempts) };
				attempts = [];
			}
		}

		expect(message.history).toEqual([
			historyEntry("refused_for_now", 1, { code: "88", bindIndex: 0, times: 1_000, lastAfterMs: 1_000 }),
		]);
	});
});

const at = (message: Message, afterMs: number) => message.acceptedAt + afterMs;

describe("a change of a message", () => {
	it("keeps when the message was picked up, if it is claimed", () => {
		const message = aMessage({ schedule: 1, scheduleState: "N" });

		expect(claimed(message, { entryIds: ["entry"], isRequired: true }, at(message, 5))?.history).toEqual([
			historyEntry("picked_up", 5, {}),
		]);
	});

	it("keeps when its batch was paused, which its claim forgets", () => {
		const message = aMessage();
		const paused = { ...message, pausedAt: at(message, 3) };

		expect(claimed(paused, { entryIds: ["entry"], isRequired: true }, at(message, 5))?.history).toEqual([
			historyEntry("paused", 3, {}),
			historyEntry("picked_up", 5, {}),
		]);
	});

	it("keeps when its repeats were used up", () => {
		const message = aMessage();

		expect(awaitingReceipt(message, ["entry"], at(message, 5))?.history).toEqual([
			historyEntry("repeats_used_up", 5, {}),
		]);
	});

	it("keeps the failed attempts before a submit with the record of that submit, and its bind", () => {
		const message = aMessage();
		const attempts = withRefusal([], message, { at: at(message, 1), bindIndex: 0, code: "88" });
		const times = { sentAt: at(message, 5), confirmedAt: at(message, 6) };

		const change = submitted(message, { smscIds: ["a"], ...times, resends: 0, refusal: null, attempts, bindIndex: 2 });

		expect(change).toMatchObject({ history: attempts, bindIndex: 2 });
	});

	it("is not made for refusals alone: they wait for a write that is made anyway", () => {
		const message = aMessage();
		const attempts = withRefusal([], message, { at: at(message, 1), bindIndex: 0, code: "88" });
		const progress = { smscIds: [], sentAt: null, repeats: 0, attempts };

		expect(interrupted(message, { ...progress, resends: 0 }, ["entry"], at(message, 2))).toBeNull();
		expect(interrupted(message, { ...progress, resends: 1 }, ["entry"], at(message, 2))?.history).toEqual(attempts);
	});

	it("keeps the receipt that another one replaces, and an end with its report batch", () => {
		const message = aSentMessage(["a"]);
		const buffered = {
			status: "EN_ROUTE",
			errorCode: null,
			at: at(message, 5),
			state: "BUFFERED",
			reason: "27",
		} as const;
		const enRoute = { ...message, ...receiptApplied(message, 0, buffered) };
		const expired = {
			...enRoute,
			status: "EXPIRED",
			errorCode: "22",
			statusAt: at(message, 7),
			reportBatchId: "r",
		} as const;

		const delivered = receiptApplied(expired, 0, { status: "DELIVERED", errorCode: null, at: at(message, 9) });

		expect(enRoute.history).toEqual([]);
		expect(delivered?.history).toEqual([
			historyEntry("receipt", 5, {
				...{ segmentIndex: 0, status: "EN_ROUTE", errorCode: null },
				...{ state: "BUFFERED", reason: "27", copyId: null },
			}),
			historyEntry("ended", 7, { status: "EXPIRED", errorCode: "22", reportBatchId: "r" }),
		]);
	});
});

/** The longest values that are usual, of a message with an ordinary life. */
function anOrdinaryMessage(text: string, parts: Partial<Message> = {}): Message {
	const sent = aSentMessage([randomUUID()], {
		...{ messageId: 2 ** 53 - 1, userName: "an-account-with-a-name", clientMessageId: randomUUID() },
		...{ batchId: 2 ** 53 - 1, sender: "SENDER NAME", text, priority: 3, timeBounds: "ad911", flash: true },
		...{ given: { timeBounds: true, expiresAt: 1_795_877_654_277 }, clientAddress: "203.100.103.225" },
		...{ bindIndex: 12, reportBatchId: randomUUID(), revision: 3 },
		...parts,
	});
	const end = { status: "DELIVERED", errorCode: null, at: sent.statusAt + 4_000 } as const;
	return { ...sent, ...receiptApplied(sent, 0, end) };
}

const scheduled: Partial<Message> = {
	...{ schedule: 1_795_877_654_277, scheduleState: "P", holder: randomUUID() },
	history: [historyEntry("picked_up", 36_000_123, {})],
};

describe("the row of a message with an ordinary life", () => {
	it.each([
		["160 characters", "a".repeat(160), {}],
		["160 characters with quotes and line feeds", 'a "b" c\n'.repeat(20), {}],
		["70 Cyrillic characters", "ж".repeat(70), {}],
		["160 characters, scheduled", "a".repeat(160), scheduled],
		["160 characters, its text is not kept", "a".repeat(160), { finalText: "mask-codes", textDigest: "0".repeat(22) }],
		[
			"160 characters, with interim reports",
			"a".repeat(160),
			{ wantsInterimReports: true, sentReportBatchId: randomUUID() },
		],
		["160 characters, by IPv6", "a".repeat(160), { clientAddress: "2001:0db8:85a3:0000:0000:8a2e:0370:7334" }],
	] satisfies readonly [string, string, Partial<Message>][])(
		"is at most 1 KB, which is one write unit: %s",
		(_, text, parts) => {
			const message = anOrdinaryMessage(text, parts);

			expect(itemSize({ ...itemOf(message), ...searchAttributes(message) })).toBeLessThanOrEqual(1_024);
		},
	);
});
