import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
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
