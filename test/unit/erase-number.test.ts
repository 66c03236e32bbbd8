import { describe, expect, it } from "vitest";
import type { IncomingMessage } from "#shared/domain/incoming/incoming-message.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { erasedMessage, erasedNumber } from "#shared/domain/numbers/erasure.ts";
import { eraseNumber, type NumberEraser } from "#shared/usecases/numbers/erase-number.ts";
import { aMessage, aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryIncoming } from "#test/fakes/memory-incoming.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryNumbers } from "#test/fakes/memory-numbers.ts";
import { memorySearchIndex } from "#test/fakes/memory-search-index.ts";
import { memoryReportBatches } from "#test/fakes/memory-stores.ts";

const now = () => mondayAtEleven + 60_000;
const number = "77010000000";
const dayMs = 24 * 60 * 60_000;
const ended = { recipient: number, text: "code 1234", status: "DELIVERED", reportBatchId: null } as const;

const mo = (messageId: number, change: Partial<IncomingMessage> = {}): IncomingMessage => ({
	...{ messageId, userName: "demo", reportBatchId: "batch", sender: number, recipient: "1414", text: "СТОП" },
	...{ segmentCount: 1, receivedAt: now(), operator: "kcell" as const, keepUntil: now() + dayMs, ...change },
});

async function aStage(rows: readonly Message[], subscribers: readonly IncomingMessage[] = []) {
	const messages = memoryMessages(now);
	for (const row of rows) messages.rows.set(row.messageId, row);
	const incoming = memoryIncoming(now, subscribers);
	const reportBatches = memoryReportBatches();
	const numbers = memoryNumbers();
	const removed: string[] = [];
	const eraser: { -readonly [Name in keyof NumberEraser]: NumberEraser[Name] } = {
		async eraseMessages(all) {
			const fresh = all.filter((row) => messages.rows.get(row.messageId)?.revision === row.revision);
			for (const row of fresh) messages.rows.set(row.messageId, row);
			return fresh.length;
		},
		eraseIncoming: async (all) => await incoming.put(all),
		removeSubmissions: async (refs) => void removed.push(...refs),
		removeCounters: async (names) => void removed.push(...names),
	};
	const run = async () => {
		const entries = [...messages.rows.values()].map(({ userName, acceptedAt: at, messageId, recipient }) => {
			return { userName, at, messageId, number: recipient };
		});
		const incomingEntries = [...incoming.rows.values()].map(({ userName, receivedAt: at, messageId, sender }) => {
			return { userName: userName ?? "", at, messageId, number: sender };
		});
		return await eraseNumber(
			{
				...{ messages, incoming, reportBatches, numbers, eraser, now, rowsPerSecond: 100 },
				byRecipient: memorySearchIndex(entries),
				incomingIndexes: [memorySearchIndex(incomingEntries)],
				pause: async () => undefined,
			},
			number,
		);
	};
	return { run, eraser, messages, incoming, numbers, removed, reportBatches };
}

describe("the erasure of a number", () => {
	it("takes number and text from the ended messages of all accounts, and nothing from others", async () => {
		const rows = [
			aMessage({ ...ended, messageId: 1 }),
			aMessage({ ...ended, messageId: 2, userName: "another", status: "EXPIRED" }),
			aMessage({ ...ended, messageId: 3, recipient: "77010000001" }),
		];
		const stage = await aStage(rows);

		const { messages } = await stage.run();

		expect(messages).toMatchObject({ found: 2, erased: 2, left: 0, lastEndsAt: null });
		expect([1, 2].map((id) => stage.messages.rows.get(id))).toMatchObject([
			{ recipient: erasedNumber, text: "", status: "DELIVERED" },
			{ recipient: erasedNumber, text: "", status: "EXPIRED" },
		]);
		expect(stage.messages.rows.get(3)).toMatchObject({ recipient: "77010000001", text: "code 1234" });
	});

	it("leaves messages that may still be sent or reported, and finds them when it is repeated", async () => {
		const expiresAt = mondayAtEleven + dayMs;
		const waiting = aMessage({ ...ended, messageId: 1, status: "NEW", expiresAt });
		const unreported = aMessage({ ...ended, messageId: 2, reportBatchId: "batch", statusAt: now(), expiresAt: 1 });
		const stage = await aStage([waiting, unreported]);

		expect((await stage.run()).messages).toMatchObject({ found: 2, erased: 0, left: 2 });
		expect([...stage.messages.rows.values()]).toEqual([waiting, unreported]);

		const confirmed = { reportBatchId: "batch", userName: "demo", messageIds: [2] };
		await stage.reportBatches.confirm(confirmed, now(), now() + dayMs);
		stage.messages.rows.set(1, { ...waiting, status: "DELETED", reportBatchId: "lost", statusAt: now() - 3 * dayMs });
		expect((await stage.run()).messages).toMatchObject({ found: 2, erased: 2, left: 0 });
		expect((await stage.run()).messages).toMatchObject({ found: 0, erased: 0, left: 0 });
	});

	it.each([
		["waits: after its expiry, the wait for its receipt, and its report", { status: "NEW" }, 3_600_000 + 2 * dayMs],
		["is sent, and past its expiry", { status: "SENT", expiresAt: mondayAtEleven - 1 }, 3_600_000 + 2 * dayMs],
		["has ended: after its report", { reportBatchId: "batch", statusAt: mondayAtEleven }, 2 * dayMs],
	] as const)("tells when it can be erased, if it %s", async (_, parts, afterMs) => {
		const stage = await aStage([aMessage({ ...ended, messageId: 1, expiresAt: mondayAtEleven, ...parts })]);

		const { messages } = await stage.run();

		expect(messages).toMatchObject({ left: 1, lastEndsAt: mondayAtEleven + afterMs });
		expect(messages.lastEndsAt).toBeGreaterThan(now());
	});

	it("counts rows that cannot be read as found and left", async () => {
		const stage = await aStage(
			[1, 2].map((messageId) => aMessage({ ...ended, messageId })),
			[mo(3), mo(4)],
		);
		stage.messages.unreadable.add(1);
		stage.incoming.unreadable.add(3);

		const { messages, incoming } = await stage.run();

		expect(messages).toMatchObject({ found: 2, erased: 1, left: 1, lastEndsAt: null });
		expect(incoming).toMatchObject({ found: 2, left: 2 });
	});

	it("removes submissions, and counters of limits, whose keys have the number", async () => {
		const stage = await aStage([aSentMessage(["aB1", "2"], { ...ended, messageId: 1, operator: "kcell" })]);

		await stage.run();

		expect(stage.removed).toEqual(
			expect.arrayContaining([
				...["kcell#7010000000#aB1", "kcell##aB1", "kcell#7010000000#2", "kcell##2"],
				...["kcell#7010000000#", "tele2#7010000000#"],
				expect.stringContaining(`#perRecipient#${number}#demo`),
			]),
		);
	});

	it("removes counters also if a run died after it had erased the messages", async () => {
		const stage = await aStage([aMessage({ ...ended, messageId: 1 })]);
		const { eraseMessages } = stage.eraser;
		stage.eraser.eraseMessages = async (all) => {
			await eraseMessages(all);
			throw new Error("the command died");
		};
		await expect(stage.run()).rejects.toThrow("died");

		expect((await stage.run()).messages.found).toBe(0);
		expect(stage.removed).toContainEqual(expect.stringContaining(`#perRecipient#${number}#demo`));
	});

	it("takes number and text from messages of subscribers that are reported or belong to no account", async () => {
		const rows = [mo(1), mo(2, { userName: null, reportBatchId: null }), mo(3, { receivedAt: now() - 3 * dayMs })];
		const stage = await aStage([], [...rows, mo(4, { sender: "77010000001" })]);

		expect((await stage.run()).incoming).toEqual({ found: 3, erased: 2, left: 1 });
		expect([...stage.incoming.rows.values()].map(({ sender, text }) => [sender, text])).toEqual([
			[number, "СТОП"],
			[erasedNumber, ""],
			[erasedNumber, ""],
			["77010000001", "СТОП"],
		]);
	});

	it("removes the row of a ported number, and keeps the one of a blocked number", async () => {
		const stage = await aStage([]);
		const ported = { recipient: number, portedTo: "tele2" as const, porting: false, blocked: false };
		expect((await stage.run()).numberRow).toBe("none");
		await stage.numbers.put([ported]);
		expect((await stage.run()).numberRow).toBe("removed");
		await stage.numbers.put([{ ...ported, blocked: true }]);
		expect((await stage.run()).numberRow).toBe("kept");
	});

	it("goes through thousands of messages page by page", async () => {
		const rows = Array.from({ length: 130 }, (_, index) =>
			aMessage({ ...ended, messageId: index + 1, userName: `a${index % 3}` }),
		);
		const stage = await aStage(rows);

		expect((await stage.run()).messages).toMatchObject({ found: 130, erased: 130 });
	});
});

describe("an erased message", () => {
	it("has no trace of the number or the text", () => {
		const message = aSentMessage(["1"], {
			...ended,
			textDigest: "digest",
			refusalText: `${number} is wrong`,
			part: { reference: 1, total: 2, number: 1, encoding: "gsm7", octets: "BEI=" },
			smpp: { session: null, address: number, reference: null, receiptId: null, messageClass: null },
			segments: [{ smscId: "1", status: "DELIVERED", statusAt: 1, errorCode: null, reason: `to ${number}` }],
		});

		const text = JSON.stringify(erasedMessage(message));

		for (const trace of ["7010000000", "1234", "BEI=", "digest"]) expect(text).not.toContain(trace);
		expect(erasedMessage(message)).toMatchObject({ clientMessageId: message.clientMessageId, status: "DELIVERED" });
	});
});
