import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import type { HeldMessages } from "#shared/domain/send/lane-claims.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { withdrawMessage } from "#shared/usecases/message/withdraw-message.ts";
import { expireWaiting } from "#shared/usecases/send/expire-waiting.ts";
import { type PickUpDeps, pickUpMessages, settleOthers } from "#shared/usecases/send/pick-up-messages.ts";
import { aMessage, aSentMessage } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;
const far = at("2027-01-01 00:00:00");

const someDeps = async (now: number, ...messages: readonly Message[]) => await aGatewayWith(messages, now);

const held = (messageIds: readonly number[], parts: Partial<HeldMessages> = {}): HeldMessages => ({
	messageIds,
	entryId: "entry",
	kind: "first",
	redelivered: false,
	...parts,
});

/** Picks up the messages and settles the others. Returns the messages to submit. */
async function decidePickUp(deps: PickUpDeps, entries: readonly HeldMessages[]): Promise<ReadonlyMap<number, Message>> {
	const { submit, others } = await pickUpMessages(deps, entries);
	await settleOthers(deps, others);
	return submit;
}

describe("picking up the messages of lane entries", () => {
	it("gives the messages to submit, as currently stored", async () => {
		const message = aMessage({ expiresAt: far });
		const deps = await someDeps(at("2026-11-24 12:00:00"), message);

		const picked = await decidePickUp(deps, [held([message.messageId, 404])]);

		expect([...picked.values()]).toEqual([message]);
	});

	it.each(["SENT", "DELIVERED", "DELETED"] as const)("skips a message that is %s", async (status) => {
		const message = aMessage({ expiresAt: far, status });
		const deps = await someDeps(at("2026-11-24 12:00:00"), message);

		expect((await decidePickUp(deps, [held([message.messageId])])).size).toBe(0);
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it("ends and reports an expired message, and never submits it (R19, A19, code 22)", async () => {
		const message = aMessage({ expiresAt: at("2026-11-24 12:00:00") });
		const deps = await someDeps(at("2026-11-24 12:00:00"), message);

		const picked = await decidePickUp(deps, [held([message.messageId])]);

		expect(picked.size).toBe(0);
		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});

	it("reports a message that another receive of its entry has just ended, in case that process dies", async () => {
		const message = aMessage({ expiresAt: at("2026-11-24 12:00:00") });
		const deps = await someDeps(at("2026-11-24 12:00:00"), message);
		const [one, other] = [
			await pickUpMessages(deps, [held([message.messageId])]),
			await pickUpMessages(deps, [held([message.messageId])]),
		];
		const send = async () => await Promise.reject(new Error("the process died"));

		await settleOthers({ ...deps, reports: { send } }, one.others).catch(() => undefined);
		await settleOthers(deps, other.others);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});

	it("ends a message with code 18 when it expired after an unanswered submit (A19)", async () => {
		const [asked, other] = [aMessage({ expiresAt: 0, retryCount: 1 }), aMessage({ expiresAt: 0 })];
		const deps = await someDeps(at("2026-11-24 12:00:00"), asked, other);

		await decidePickUp(deps, [held([asked.messageId]), held([other.messageId])]);

		expect(deps.messages.rows.get(asked.messageId)?.errorCode).toBe("18");
		expect(deps.messages.rows.get(other.messageId)?.errorCode).toBe("22");
	});

	it.each([
		["expired", { expiresAt: at("2026-11-24 12:00:00") }, "2026-11-24 12:01:59", "submitted"],
		["expired", { expiresAt: at("2026-11-24 12:00:00") }, "2026-11-24 12:02:00", "EXPIRED"],
		["had to be sent by 18:00", { timeBounds: "def", expiresAt: far }, "2026-11-24 18:01:59", "submitted"],
		["had to be sent by 18:00", { timeBounds: "def", expiresAt: far }, "2026-11-24 18:02:00", "parked"],
		["may be sent from 09:00", { timeBounds: "def", expiresAt: far }, "2026-11-24 09:00:01", "submitted"],
	] as const)("finishes within two minutes a partly sent message that %s: %j at %s %s (A14, A19)", async (...row) => {
		const [, parts, now, becomes] = row;
		const taken = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;
		const message = aMessage({ text: "x".repeat(400), segments: [taken], ...parts });
		const deps = await someDeps(at(now), message);

		const picked = await decidePickUp(deps, [held([message.messageId])]);

		expect(picked.size).toBe(becomes === "submitted" ? 1 : 0);
		expect(deps.slots.kept).toHaveLength(becomes === "parked" ? 1 : 0);
		expect(deps.messages.rows.get(message.messageId)?.status).toBe(becomes === "EXPIRED" ? "EXPIRED" : "NEW");
	});

	it("parks messages outside their time window in their send job, and submits the others (A14, A15)", async () => {
		const outsideWindow = [1, 2].map((messageId) => aMessage({ messageId, expiresAt: far, timeBounds: "def" }));
		const full = aMessage({ messageId: 3, expiresAt: far });
		const deps = await someDeps(at("2026-11-24 18:00:00"), ...outsideWindow, full);

		const picked = await decidePickUp(deps, [held([1, 3, 2])]);

		expect([...picked.keys()]).toEqual([3]);
		expect(deps.slots.kept).toMatchObject([
			{
				slot: at("2026-11-25 09:00:00"),
				action: { kind: "release", sendJob: { userName: "demo", operator: "kcell", priority: 0, messageIds: [1, 2] } },
			},
		]);
		expect(deps.messages.rows.get(1)).toMatchObject({ status: "NEW", scheduleState: null });
	});

	it("parks the messages of several entries of one account together, in rows of 25 (A15)", async () => {
		const outsideWindow = Array.from({ length: 60 }, () => aMessage({ expiresAt: far, timeBounds: "def" }));
		const deps = await someDeps(at("2026-11-27 18:30:00"), ...outsideWindow);

		await decidePickUp(
			deps,
			outsideWindow.map(({ messageId }) => held([messageId])),
		);

		const parked = deps.slots.kept.map(({ action }) => (action.kind === "release" ? action.sendJob.messageIds : []));
		expect(parked.map(({ length }) => length)).toEqual([25, 25, 10]);
		expect(parked.flat()).toEqual(outsideWindow.map(({ messageId }) => messageId));
		expect(new Set(deps.slots.kept.map(({ slot }) => slot))).toEqual(new Set([at("2026-11-30 09:00:00")]));
	});

	describe("of a paused batch", () => {
		const now = at("2026-11-24 12:00:00");
		const paused = { isBatchPaused: (batchId: number) => batchId === 7 };
		const aPaused = (parts: Partial<Message> = {}) => aMessage({ batchId: 7, expiresAt: far, ...parts });

		it("sets them aside for the next slot, marked, and submits the others (A52)", async () => {
			const [own, other] = [aPaused(), aMessage({ batchId: 8, expiresAt: far })];
			const deps = await someDeps(now, own, other);

			const picked = await decidePickUp({ ...deps, ...paused }, [held([own.messageId, other.messageId])]);

			expect([...picked.keys()]).toEqual([other.messageId]);
			expect(deps.slots.kept).toMatchObject([
				{ slot: at("2026-11-24 12:15:00"), action: { kind: "release", sendJob: { messageIds: [own.messageId] } } },
			]);
			expect(deps.messages.rows.get(own.messageId)).toMatchObject({ status: "NEW", pausedAt: now, holder: null });
		});

		it.each([
			["12:14:00", "12:15:00"],
			["12:14:01", "12:30:00"],
		])("leaves a minute before the slot: at %s they wait for %s", async (time, slot) => {
			const own = aPaused();
			const deps = await someDeps(at(`2026-11-24 ${time}`), own);

			await decidePickUp({ ...deps, ...paused }, [held([own.messageId])]);

			expect(deps.slots.kept.map((row) => row.slot)).toEqual([at(`2026-11-24 ${slot}`)]);
		});

		it("writes the row once, however often its slot releases it", async () => {
			const own = aPaused({ pausedAt: now - 900_000, revision: 1 });
			const deps = await someDeps(now, own);

			await decidePickUp({ ...deps, ...paused }, [held([own.messageId], { kind: "release" })]);

			expect(deps.messages.rows.get(own.messageId)).toEqual(own);
			expect(deps.slots.kept).toHaveLength(1);
		});

		it("keeps that a message may have been submitted, so that its next submit is counted (A51)", async () => {
			const own = aPaused();
			const deps = await someDeps(now, own);

			await decidePickUp({ ...deps, ...paused }, [held([own.messageId], { redelivered: true })]);

			expect(deps.messages.rows.get(own.messageId)).toMatchObject({
				pausedAt: now,
				repeated: { segmentIndex: 0, times: 0 },
			});
			expect(deps.slots.kept).toHaveLength(1);
			const row = deps.messages.rows.get(own.messageId);
			await decidePickUp({ ...deps, ...paused }, [held([own.messageId], { kind: "release" })]);
			expect(deps.messages.rows.get(own.messageId)).toEqual(row);
		});

		it("knows of a message that its first entry set aside that it was not submitted, also from an `again` entry", async () => {
			const own = aPaused({ revision: 1 });
			const deps = await someDeps(now, own);
			await decidePickUp({ ...deps, ...paused }, [held([own.messageId])]);
			const row = deps.messages.rows.get(own.messageId);

			await decidePickUp({ ...deps, ...paused }, [held([own.messageId], { kind: "again", entryId: "other" })]);

			expect(row).toMatchObject({ pausedAt: now, repeated: null });
			expect(deps.messages.rows.get(own.messageId)).toEqual(row);
			const received = { kind: "again", entryId: "other", redelivered: true } as const;
			await decidePickUp({ ...deps, ...paused }, [held([own.messageId], received)]);
			expect(deps.messages.rows.get(own.messageId)?.repeated).toEqual({ segmentIndex: 0, times: 0 });
		});

		it("does not know that if the `again` entry comes first: the first entry may just submit it", async () => {
			const own = aPaused({ revision: 1 });
			const deps = await someDeps(now, own);

			await decidePickUp({ ...deps, ...paused }, [held([own.messageId], { kind: "again" })]);

			expect(deps.messages.rows.get(own.messageId)?.repeated).toEqual({ segmentIndex: 0, times: 0 });
		});

		it("ends those that have expired, and finishes those that were submitted in part (A19)", async () => {
			const taken = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;
			const [late, partly] = [aPaused({ expiresAt: now }), aPaused({ text: "x".repeat(400), segments: [taken] })];
			const deps = await someDeps(now, late, partly);

			const picked = await decidePickUp({ ...deps, ...paused }, [held([late.messageId, partly.messageId])]);

			expect([...picked.keys()]).toEqual([partly.messageId]);
			expect(deps.messages.rows.get(late.messageId)?.status).toBe("EXPIRED");
			expect(deps.slots.kept).toEqual([]);
		});

		it("claims them and takes the mark away once the batch is resumed", async () => {
			const own = aPaused({ pausedAt: now - 900_000, revision: 1 });
			const deps = await someDeps(now, own);

			const picked = await decidePickUp(deps, [held([own.messageId], { kind: "release", entryId: "released" })]);

			expect([...picked.values()]).toMatchObject([{ pausedAt: null, holder: "released" }]);
		});

		it("leaves a message that another entry holds to that entry", async () => {
			const own = aPaused({ holder: "another", revision: 1 });
			const deps = await someDeps(now, own);

			const { left } = await pickUpMessages({ ...deps, ...paused }, [held([own.messageId], { kind: "release" })]);

			expect([...left.keys()]).toEqual([own.messageId]);
			expect(deps.slots.kept).toEqual([]);
		});
	});

	it("gives the messages to submit before anything is parked", async () => {
		const [full, outsideWindow] = [aMessage({ expiresAt: far }), aMessage({ expiresAt: far, timeBounds: "def" })];
		const deps = await someDeps(at("2026-11-24 18:00:00"), full, outsideWindow);
		const slots = { ...deps.slots, put: async () => Promise.reject(new Error("the table is unavailable")) };

		const { submit } = await pickUpMessages({ ...deps, slots }, [held([outsideWindow.messageId, full.messageId])]);

		expect([...submit.keys()]).toEqual([full.messageId]);
	});

	it("ends a message at once when its window opens after its expiry (A19)", async () => {
		const message = aMessage({ timeBounds: "def", expiresAt: at("2026-11-25 09:00:00") });
		const deps = await someDeps(at("2026-11-24 18:00:00"), message);

		await decidePickUp(deps, [held([message.messageId])]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		expect([deps.slots.kept, deps.reports.sent.length]).toEqual([[], 1]);
	});

	it("parks before it returns: if it cannot, it fails", async () => {
		const message = aMessage({ expiresAt: far, timeBounds: "def" });
		const deps = await someDeps(at("2026-11-24 18:00:00"), message);
		const slots = { ...deps.slots, put: async () => Promise.reject(new Error("the table is unavailable")) };

		await expect(decidePickUp({ ...deps, slots }, [held([message.messageId])])).rejects.toThrow("unavailable");
	});

	it("reads a message that two entries name once, and expires it once", async () => {
		const message = aMessage({ expiresAt: 0 });
		const deps = await someDeps(at("2026-11-24 12:00:00"), message);

		await decidePickUp(deps, [held([message.messageId]), held([message.messageId, message.messageId])]);

		expect(deps.reports.sent).toHaveLength(1);
	});

	it("does not end a message that was submitted concurrently", async () => {
		const message = aMessage({ expiresAt: 0 });
		const deps = await someDeps(at("2026-11-24 12:00:00"), message);
		const { readEach } = deps.messages;
		const messages = {
			...deps.messages,
			readEach: async (ids: readonly number[]) => {
				const found = await readEach(ids);
				deps.messages.rows.set(message.messageId, { ...message, status: "SENT", revision: 1 });
				return found;
			},
		};

		await decidePickUp({ ...deps, messages }, [held([message.messageId])]);

		expect(deps.messages.rows.get(message.messageId)?.status).toBe("SENT");
		expect(deps.reports.sent).toEqual([]);
	});

	it("queues the report of an ended message again when its entry is redelivered, unless it is confirmed", async () => {
		const message = aMessage({ status: "EXPIRED", reportBatchId: "p" });
		const deps = await someDeps(at("2026-11-24 12:00:00"), message);

		await decidePickUp(deps, [held([message.messageId])]);
		const first = deps.reports.sent.length;
		await decidePickUp(deps, [held([message.messageId], { redelivered: true })]);
		await deps.reportBatches.confirm({ reportBatchId: "p", userName: "demo", messageIds: [message.messageId] }, 0, 0);
		await decidePickUp(deps, [held([message.messageId], { redelivered: true })]);

		expect([first, deps.reports.sent.map(({ reportBatchId }) => reportBatchId)]).toEqual([0, ["p"]]);
	});

	it("queues the report of SENT again when its entry is redelivered, unless it is confirmed (A34)", async () => {
		const message = aSentMessage(["a"], { wantsInterimReports: true, sentReportBatchId: "p" });
		const deps = await someDeps(at("2026-11-24 12:00:00"), message);

		await decidePickUp(deps, [held([message.messageId])]);
		const first = deps.reports.sent.length;
		await decidePickUp(deps, [held([message.messageId], { redelivered: true })]);
		await deps.reportBatches.confirm({ reportBatchId: "p", userName: "demo", messageIds: [message.messageId] }, 0, 0);
		await decidePickUp(deps, [held([message.messageId], { redelivered: true })]);

		expect(first).toBe(0);
		expect(deps.reports.sent).toMatchObject([
			{ reportBatchId: "p", interim: { status: "SENT", at: message.statusAt } },
		]);
	});

	it("queues the report of a message that another task ended or submitted between read and claim: that task may have died", async () => {
		const due = at("2026-11-24 12:00:00");
		const scheduled = [1, 2].map((messageId) =>
			aMessage({ messageId, schedule: due, scheduleState: "N", expiresAt: far }),
		);
		const deps = await someDeps(due, ...scheduled);
		const messages = {
			...deps.messages,
			readEach: async (ids: readonly number[]) => {
				const found = await deps.messages.readEach(ids);
				for (const row of found.rows.values()) {
					const ends =
						row.messageId === 1
							? { reportBatchId: "p", status: "REJECTED" }
							: { sentReportBatchId: "q", status: "SENT" };
					if (row.revision === 0) deps.messages.rows.set(row.messageId, { ...row, ...ends, revision: 1 } as Message);
				}
				return found;
			},
		};

		const picked = await decidePickUp({ ...deps, messages }, [held([1, 2], { redelivered: true })]);

		expect([picked.size, deps.reports.sent.map(({ reportBatchId }) => reportBatchId)]).toEqual([0, ["p", "q"]]);
	});

	it("queues the reports of a task that died, for entries of a lane without a sender", async () => {
		const messages = [
			aMessage({ status: "REJECTED", reportBatchId: "p" }),
			aSentMessage(["a"], { wantsInterimReports: true, sentReportBatchId: "q" }),
		];
		const deps = await someDeps(at("2026-11-24 12:00:00"), ...messages);

		const waiting = await expireWaiting(
			deps,
			messages.map(({ messageId }) => held([messageId], { redelivered: true })),
		);

		expect([waiting.size, deps.reports.sent.map(({ reportBatchId }) => reportBatchId)]).toEqual([0, ["p", "q"]]);
	});
});

describe("picking up a scheduled message", () => {
	const due = at("2026-11-24 12:00:00");
	const aScheduled = (parts: Partial<Message> = {}) =>
		aMessage({ schedule: due, scheduleState: "N", expiresAt: far, ...parts });

	it("claims it: its schedule state is then P (R34)", async () => {
		const message = aScheduled();
		const deps = await someDeps(due, message);

		const picked = await decidePickUp(deps, [held([message.messageId])]);

		const row = deps.messages.rows.get(message.messageId);
		expect(row).toMatchObject({ status: "NEW", scheduleState: "P" });
		expect([...picked.values()]).toEqual([row]);
	});

	it("gives a message that this entry has claimed already, and changes nothing", async () => {
		const message = aScheduled({ scheduleState: "P", holder: "entry", revision: 1 });
		const deps = await someDeps(due, message);

		const picked = await decidePickUp(deps, [held([message.messageId])]);

		expect([...picked.values()]).toEqual([message]);
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it("parks it unclaimed before its time: it is never sent early", async () => {
		const message = aScheduled();
		const deps = await someDeps(due - 1, message);

		const picked = await decidePickUp(deps, [held([message.messageId])]);

		expect([picked.size, deps.slots.kept.map(({ slot }) => slot)]).toEqual([0, [due]]);
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it("does not submit a message that was withdrawn between read and claim (A22)", async () => {
		const message = aScheduled();
		const deps = await someDeps(due, message);
		const { readEach } = deps.messages;
		let withdrawals = 0;
		const messages = {
			...deps.messages,
			readEach: async (ids: readonly number[]) => {
				const found = await readEach(ids);
				if (withdrawals++ === 0) await withdrawMessage(deps, "demo", message.messageId);
				return found;
			},
		};

		const picked = await decidePickUp({ ...deps, messages }, [held([message.messageId])]);

		expect(picked.size).toBe(0);
		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "DELETED", scheduleState: null });
		/* The process that withdrew it may have died before its report, so the report is queued here too, with the same id. */
		const reportBatches = deps.reports.sent.map(({ reportBatchId }) => reportBatchId);
		expect([reportBatches.length, new Set(reportBatches).size]).toEqual([2, 1]);
	});

	it("queues the report of a withdrawn message when the withdrawing process died before it", async () => {
		const message = aScheduled();
		const deps = await someDeps(due, message);
		const reports = { send: async () => Promise.reject(new Error("the queue is unavailable")) };
		await withdrawMessage({ ...deps, reports }, "demo", message.messageId).catch(() => undefined);

		const picked = await decidePickUp(deps, [held([message.messageId])]);

		expect([picked.size, deps.reports.sent.map(({ messageIds }) => messageIds)]).toEqual([0, [[message.messageId]]]);
	});

	it("queues a report again after an attempt that failed at the report", async () => {
		const message = aMessage({ expiresAt: due });
		const deps = await someDeps(due, message);
		const { others } = await pickUpMessages(deps, [held([message.messageId])]);
		const reports = { send: async () => Promise.reject(new Error("the queue is unavailable")) };
		await settleOthers({ ...deps, reports }, others).catch(() => undefined);

		await settleOthers(deps, others, true);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});
});

describe("claiming a message for a lane entry", () => {
	const noon = at("2026-11-24 12:00:00");

	it("writes nothing for a first entry of an untouched message", async () => {
		const message = aMessage({ expiresAt: far });
		const deps = await someDeps(noon, message);

		const { submit, repeats } = await pickUpMessages(deps, [held([message.messageId])]);

		expect([submit.size, repeats.size]).toEqual([1, 0]);
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it.each<[string, Partial<HeldMessages>, Partial<Message>, boolean]>([
		["a slot released it", { kind: "release" }, {}, false],
		["its entry was received before", { redelivered: true }, {}, true],
		["a retry of its request was answered", {}, { revision: 1 }, false],
		["a submit of it was counted before", { kind: "release" }, { repeated: { segmentIndex: 0, times: 0 } }, true],
	])("writes the holder when %s", async (_, entry, row, mayRepeat) => {
		const message = aMessage({ expiresAt: far, ...row });
		const deps = await someDeps(noon, message);

		const { submit, repeats } = await pickUpMessages(deps, [held([message.messageId], entry)]);

		const stored = deps.messages.rows.get(message.messageId);
		expect(stored).toMatchObject({ status: "NEW", holder: "entry", revision: message.revision + 1 });
		expect([...submit.values()]).toEqual([stored]);
		expect(repeats.has(message.messageId)).toBe(mayRepeat);
	});

	it.each([
		["a minute, after which an unclaimed submit of it is recorded", { expiresAt: far }, 60],
		["half of the time until it expires", { expiresAt: noon + 44_000 }, 15],
		["half of the time until its window closes", { expiresAt: far, timeBounds: "def" }, 8],
	] as const)("makes a message of an again entry wait for %s", async (_, parts, seconds) => {
		const closing = at("2026-11-24 17:59:40");
		const message = aMessage(parts);
		const deps = await someDeps("timeBounds" in parts ? closing : noon, message);
		const all = [held([message.messageId], { kind: "again" })];

		const first = await pickUpMessages(deps, all);
		deps.now.advance(seconds * 1_000);
		const second = await pickUpMessages(deps, all);

		const claimed = { holder: "entry", waitsUntil: deps.now() };
		expect([...first.submit.values()]).toMatchObject([claimed]);
		expect([...second.submit.values()]).toMatchObject([claimed]);
		expect(first.left.size).toBe(0);
	});

	it("makes a message of an again entry wait the rest of that time when the task that claimed it died", async () => {
		const message = aMessage({ expiresAt: far });
		const deps = await someDeps(noon, message);
		await pickUpMessages(deps, [held([message.messageId], { kind: "again" })]);
		deps.now.advance(20_500);

		const { submit } = await pickUpMessages(deps, [held([message.messageId], { kind: "again", redelivered: true })]);

		expect([...submit.values()]).toMatchObject([{ waitsUntil: deps.now() + 39_500 }]);
	});

	it("submits a message of an again entry at once when it has only seconds left", async () => {
		const message = aMessage({ expiresAt: noon + 7_000 });
		const deps = await someDeps(noon, message);

		const { submit } = await pickUpMessages(deps, [held([message.messageId], { kind: "again" })]);

		expect([...submit.values()]).toMatchObject([{ waitsUntil: null }]);
	});

	it("leaves a message to the entry that holds it, even if it expires or its window closes", async () => {
		const heldByOther = { holder: "another", revision: 1 };
		const rows = [
			aMessage({ expiresAt: far, ...heldByOther }),
			aMessage({ expiresAt: at("2026-11-24 18:00:00"), ...heldByOther }),
			aMessage({ expiresAt: far, timeBounds: "def", ...heldByOther }),
		];
		const deps = await someDeps(at("2026-11-24 18:30:00"), ...rows);

		const all = rows.map(({ messageId }) => held([messageId], { kind: "again" }));
		const picked = await pickUpMessages(deps, all);
		await settleOthers(deps, picked.others);

		expect([picked.submit.size, deps.slots.kept, deps.reports.sent]).toEqual([0, [], []]);
		expect([...deps.messages.rows.values()]).toEqual(rows);
		expect([...picked.left]).toEqual(rows.map(({ messageId }) => [messageId, 900]));
	});

	it("ends a message an hour after its expiry, even if another entry holds it", async () => {
		const message = aMessage({ expiresAt: noon - 60 * 60_000, holder: "another", revision: 1 });
		const deps = await someDeps(noon, message);

		await decidePickUp(deps, [held([message.messageId], { kind: "again" })]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "EXPIRED" });
		expect(deps.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([message.messageId]);
	});

	it("gives a message to exactly one of two entries, whichever writes first", async () => {
		const message = aMessage({ expiresAt: far });
		const deps = await someDeps(noon, message);

		const picked = await Promise.all(
			["one", "other"].map(
				async (entryId) => await pickUpMessages(deps, [held([message.messageId], { entryId, kind: "release" })]),
			),
		);

		expect(picked.map(({ submit }) => submit.size).sort()).toEqual([0, 1]);
	});

	it("gives a message of a dead entry to exactly one of two entries that replace it", async () => {
		const message = aMessage({ expiresAt: far, holder: "dead", revision: 1 });
		const deps = await someDeps(noon, message);

		const picked = await Promise.all(
			["one", "other"].map(async (entryId) => {
				const parts: Partial<HeldMessages> = { entryId, kind: "again", formerIds: ["dead"] };
				return await pickUpMessages(deps, [held([message.messageId], parts)]);
			}),
		);

		expect(picked.map(({ submit }) => submit.size).sort()).toEqual([0, 1]);
		expect(picked.flatMap(({ left }) => [...left])).toEqual([[message.messageId, 60]]);
		expect(["one", "other"]).toContain(deps.messages.rows.get(message.messageId)?.holder);
	});

	it("parks and ends the messages of a dead entry for the entry that replaces it", async () => {
		const heldByOther = { holder: "dead", revision: 1 };
		const outsideWindow = aMessage({ expiresAt: far, timeBounds: "def", ...heldByOther });
		const late = aMessage({ expiresAt: at("2026-11-24 18:00:00"), ...heldByOther });
		const deps = await someDeps(at("2026-11-24 18:30:00"), outsideWindow, late);

		await decidePickUp(deps, [held([outsideWindow.messageId, late.messageId], { kind: "again", formerIds: ["dead"] })]);

		expect(deps.messages.rows.get(outsideWindow.messageId)).toMatchObject({ status: "NEW", holder: null });
		expect(deps.messages.rows.get(late.messageId)).toMatchObject({ status: "EXPIRED" });
	});

	it("submits a message that any of its entries in this task holds", async () => {
		const message = aMessage({ expiresAt: far, holder: "second", revision: 3 });
		const deps = await someDeps(noon, message);

		const entries = ["first", "second"].map((entryId) => held([message.messageId], { entryId, kind: "again" }));
		const { submit } = await pickUpMessages(deps, entries);

		expect(submit.size).toBe(1);
	});

	describe("of which the again entry is received before the first one", () => {
		const first: Partial<HeldMessages> = { entryId: "first" };
		const again: Partial<HeldMessages> = { entryId: "again", kind: "again" };

		it.each([
			["the first entry was never received before", {}, {}, true],
			["the first entry was received before, perhaps by a task that submitted it", { redelivered: true }, {}, false],
			["this task read the first entry before", { readBefore: true }, {}, false],
			["the first entry replaces a dead one", { formerIds: ["dead"] }, {}, false],
			["its submit under the again entry is counted", {}, { repeated: { segmentIndex: 0, times: 1 } }, false],
			["a segment of it was submitted", {}, { segments: aSentMessage().segments }, false],
			["it was claimed without a wait", {}, { waitsUntil: null }, false],
		] as const)("if %s", async (_, entry, row, isTaken) => {
			const message = aMessage({ expiresAt: far, holder: "again", waitsUntil: noon + 60_000, revision: 2, ...row });
			const deps = await someDeps(noon, message);

			const { submit, repeats, left } = await pickUpMessages(deps, [held([message.messageId], { ...first, ...entry })]);

			expect([submit.size, repeats.size, left.size]).toEqual(isTaken ? [1, 0, 0] : [0, 0, 1]);
			const claim = isTaken ? { holder: "first", waitsUntil: null } : { holder: "again" };
			expect(deps.messages.rows.get(message.messageId)).toMatchObject(claim);
		});

		it("leaves it to the first entry, whichever claims last", async () => {
			const message = aMessage({ expiresAt: far, revision: 1 });
			const deps = await someDeps(noon, message);
			await pickUpMessages(deps, [held([message.messageId], again)]);
			await pickUpMessages(deps, [held([message.messageId], first)]);

			const { submit, left } = await pickUpMessages(deps, [held([message.messageId], { ...again, redelivered: true })]);

			expect([submit.size, [...left]]).toEqual([0, [[message.messageId, 900]]]);
		});

		it("does not wait if this task has both entries", async () => {
			const message = aMessage({ expiresAt: far, revision: 1 });
			const deps = await someDeps(noon, message);

			const both = [again, first].map((one) => held([message.messageId], one));
			const { submit, repeats } = await pickUpMessages(deps, both);

			expect([...submit.values()]).toMatchObject([{ waitsUntil: null }]);
			expect(repeats.size).toBe(0);
		});
	});

	it("skips a message that waits for its receipt, however often its entry is redelivered (A51)", async () => {
		const message = aMessage({ expiresAt: far, holder: "watch", revision: 4 });
		const deps = await someDeps(noon, message);

		const picked = await decidePickUp(deps, [held([message.messageId], { redelivered: true })]);

		expect(picked.size).toBe(0);
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it("releases a parked message before its slot row is written, so that the slot's entry may claim it at once", async () => {
		const message = aMessage({ expiresAt: far, timeBounds: "def", holder: "entry", revision: 1 });
		const deps = await someDeps(at("2026-11-24 18:00:00"), message);
		const holders: (string | null | undefined)[] = [];
		const slots: typeof deps.slots = {
			...deps.slots,
			put: async (rows) => {
				holders.push(deps.messages.rows.get(message.messageId)?.holder);
				await deps.slots.put(rows);
			},
		};

		await decidePickUp({ ...deps, slots }, [held([message.messageId])]);

		expect([holders, deps.slots.kept.length]).toEqual([[null], 1]);
	});

	it("records for a parked message that a submit may have been made before", async () => {
		const message = aMessage({ expiresAt: far, timeBounds: "def" });
		const deps = await someDeps(at("2026-11-24 18:00:00"), message);

		await decidePickUp(deps, [held([message.messageId], { redelivered: true })]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ repeated: { segmentIndex: 0, times: 0 } });
	});
});
