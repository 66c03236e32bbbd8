import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { withdrawnFromBatch } from "#shared/domain/message/message-transitions.ts";
import { withdrawMessage } from "#shared/usecases/message/withdraw-message.ts";
import { pickUpMessages } from "#shared/usecases/send/pick-up-messages.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";

const schedule = mondayAtEleven + 3_600_000;
const aScheduled = (parts: Partial<Message> = {}) => aMessage({ schedule, scheduleState: "N", ...parts });

const someDeps = async (...messages: readonly Message[]) => await aGatewayWith(messages, mondayAtEleven);

describe("withdrawing a message", () => {
	it("ends a scheduled message: DELETED, schedule_state null, reported (R8, A23)", async () => {
		const message = aScheduled();
		const deps = await someDeps(message);
		deps.now.advance(60_000);

		const outcome = await withdrawMessage(deps, "demo", message.messageId);

		const row = deps.messages.rows.get(message.messageId);
		expect(outcome).toEqual({ kind: "withdrawn" });
		expect(row).toMatchObject({ status: "DELETED", scheduleState: null, schedule, errorCode: null });
		expect(row?.statusAt).toBe(mondayAtEleven + 60_000);
		expect(deps.reports.sent).toEqual([
			{ reportBatchId: row?.reportBatchId, userName: "demo", messageIds: [message.messageId] },
		]);
	});

	it("gives the same outcome again, and changes nothing (A22)", async () => {
		const message = aScheduled();
		const deps = await someDeps(message);
		await withdrawMessage(deps, "demo", message.messageId);
		const row = deps.messages.rows.get(message.messageId);
		await deps.reportBatches.confirm(
			{ reportBatchId: row?.reportBatchId ?? "", userName: "demo", messageIds: [message.messageId] },
			0,
			0,
		);

		const again = await withdrawMessage(deps, "demo", message.messageId);

		expect(again).toEqual({ kind: "withdrawn" });
		expect(deps.messages.rows.get(message.messageId)).toEqual(row);
		expect(deps.reports.sent).toHaveLength(1);
	});

	it("queues a report that the first attempt did not queue", async () => {
		const message = aScheduled();
		const deps = await someDeps(message);
		const reports = { send: async () => Promise.reject(new Error("the queue is unavailable")) };
		await withdrawMessage({ ...deps, reports }, "demo", message.messageId).catch(() => undefined);

		await withdrawMessage(deps, "demo", message.messageId);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});

	it("queues an unconfirmed report again only later, so that two at once are reported once", async () => {
		const message = aScheduled();
		const deps = await someDeps(message);
		const delays: number[] = [];
		const { send } = deps.reports;
		deps.reports.send = async (batches, delaySeconds = 0) => {
			if (batches.length > 0) delays.push(delaySeconds);
			await send(batches, delaySeconds);
		};

		const outcomes = await Promise.all([1, 2].map(() => withdrawMessage(deps, "demo", message.messageId)));
		outcomes.push(await withdrawMessage(deps, "demo", message.messageId));

		expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["withdrawn"]));
		expect(delays).toEqual([0, 60]);
	});

	it("that the client does not mean stays as it is", async () => {
		const message = aScheduled();
		const deps = await someDeps(message);

		expect(await withdrawMessage(deps, "demo", message.messageId, () => false)).toEqual({ kind: "unmeant" });
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it("of another user is refused, and reveals nothing of it (R8, A21)", async () => {
		const message = aScheduled();
		const deps = await someDeps(message);

		expect(await withdrawMessage(deps, "other", message.messageId)).toEqual({ kind: "foreign" });
		expect(await withdrawMessage(deps, "other", 404)).toEqual({ kind: "absent" });
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it.each([
		["was never scheduled", { schedule: null, scheduleState: null }, "unscheduled"],
		["was claimed", { scheduleState: "P" }, "gone"],
		["was sent", { scheduleState: "P", status: "SENT" }, "gone"],
		["was delivered", { scheduleState: "P", status: "DELIVERED" }, "gone"],
		["expired", { status: "EXPIRED" }, "gone"],
		["its SMSC deleted", { scheduleState: "P", status: "DELETED" }, "gone"],
	] as const)("that %s is too late (A22)", async (_, parts, kind) => {
		const message = aScheduled(parts);
		const deps = await someDeps(message);

		expect(await withdrawMessage(deps, "demo", message.messageId)).toEqual({ kind });
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
		expect(deps.reports.sent).toEqual([]);
	});

	it("either succeeds or loses against the submitter's claim, never both or neither", async () => {
		const messages = Array.from({ length: 50 }, () => aScheduled({ schedule: mondayAtEleven }));
		const deps = await someDeps(...messages);

		const races = messages.map(async ({ messageId }, index) => {
			const entry = { entryId: randomUUID(), kind: "first", redelivered: false } as const;
			const claim = async () => await pickUpMessages(deps, [{ ...entry, messageIds: [messageId] }]);
			const withdrawal = async () => await withdrawMessage(deps, "demo", messageId);
			const [picked, outcome] =
				index % 2 === 0
					? await Promise.all([claim(), withdrawal()])
					: (await Promise.all([withdrawal(), claim()])).toReversed();
			return [(picked as Awaited<ReturnType<typeof claim>>).submit.size, outcome] as const;
		});

		for (const [submitted, outcome] of await Promise.all(races)) {
			expect(outcome).toEqual({ kind: submitted === 1 ? "gone" : "withdrawn" });
		}
	});
});

describe("withdrawing a message of a batch", () => {
	const at = mondayAtEleven;
	const waiting = { schedule: null, scheduleState: null, timeBounds: "full", acceptedAt: at - 7_200_000 } as const;
	const setAside = { ...waiting, pausedAt: at - 60_000, revision: 1 };
	/** Accepted on Sunday evening, to go on Monday morning. */
	const overNight = { ...waiting, timeBounds: "def", acceptedAt: at - 14 * 3_600_000 } as const;
	/** Accepted on Monday at 08:50, to go at 09:00. */
	const shortly = { ...waiting, timeBounds: "def", acceptedAt: at - 130 * 60_000 } as const;
	const taken = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;

	it.each([
		["is scheduled and waits", { scheduleState: "N" }, true],
		["is scheduled and was claimed", { scheduleState: "P", holder: "entry" }, false],
		["waits in its lane, where a task may just submit it", waiting, false],
		["was set aside by a pause", setAside, true],
		["was set aside so lately that another task may just submit it", { ...setAside, pausedAt: at - 59_999 }, false],
		[
			"was set aside, and may have been submitted before",
			{ ...setAside, repeated: { segmentIndex: 0, times: 0 } },
			false,
		],
		["was set aside, and submitted without an answer", { ...setAside, retryCount: 1 }, false],
		["was set aside, and claimed since", { ...setAside, holder: "entry" }, false],
		["had to wait for its window", overNight, true],
		["had to wait for its window, and was claimed", { ...overNight, holder: "entry", revision: 1 }, false],
		["had to wait for its window, and was submitted in part", { ...overNight, segments: [taken] }, false],
		["was submitted", { ...waiting, status: "SENT" }, false],
		["was withdrawn", { ...waiting, status: "DELETED" }, false],
	] as const)("that %s: %j", (_, parts, isWithdrawn) => {
		const change = withdrawnFromBatch(aScheduled(parts as Partial<Message>), at);

		expect(change).toEqual(
			isWithdrawn ? { status: "DELETED", errorCode: null, statusAt: at, scheduleState: null } : null,
		);
	});

	it.each([
		["nine minutes before its window opens", shortly, at - 129 * 60_000, true],
		["a minute before it opens", shortly, at - 121 * 60_000, true],
		["just before it opens, where a task whose clock is ahead may submit it", shortly, at - 121 * 60_000 + 1, false],
		["when it is open", shortly, at, false],
		["in the night after its window was open, when it may have been submitted", shortly, at + 10 * 3_600_000, false],
	] as const)("that came shortly before its window, %s", (_, parts, now, isWithdrawn) => {
		expect(withdrawnFromBatch(aScheduled(parts), now) !== null).toBe(isWithdrawn);
	});
});
