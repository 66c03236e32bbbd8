import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { slotAt } from "#shared/domain/schedule/slots.ts";
import { almatyText, instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import { withdrawMessage } from "#shared/usecases/message/withdraw-message.ts";
import { checkShard } from "#shared/usecases/schedule/check-shard.ts";
import { checkSlot } from "#shared/usecases/schedule/check-slot.ts";
import { sweepSlots } from "#shared/usecases/schedule/sweep-slots.ts";
import { pickUpMessages, settleOthers } from "#shared/usecases/send/pick-up-messages.ts";
import { anAccount, aRequest } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";

/** A gateway in memory, on a clock that a test moves: what waits in it, and when it is handed to its SMSC. */

const at = (text: string) => instantFromAlmatyText(text) ?? expect.fail(text);

function aDay(now: string) {
	const deps = aGateway(at(now));
	const clock = deps.now;
	const account = anAccount();
	const visibleFrom = new Map<object, number>();

	/** Each lane entry is read once its delay is over, as the submitter reads it; gives the ids that would be submitted now. */
	async function decidePickUp(): Promise<readonly number[]> {
		for (const entry of deps.lanes.sent) {
			if (!visibleFrom.has(entry)) visibleFrom.set(entry, clock() + entry.delaySeconds * 1_000);
		}
		const due = deps.lanes.sent.filter((entry) => (visibleFrom.get(entry) ?? 0) <= clock());
		for (const entry of due) deps.lanes.sent.splice(deps.lanes.sent.indexOf(entry), 1);
		const { submit, others } = await pickUpMessages(
			deps,
			due.map(({ sendJob, kind }) => ({
				...{ entryId: randomUUID(), kind, redelivered: false },
				messageIds: sendJob.messageIds,
			})),
		);
		await settleOthers(deps, others);
		return [...submit.keys()];
	}

	async function runDueChecks(): Promise<void> {
		for (const dueShard of deps.dueShards.sent.splice(0)) await checkShard(deps, dueShard);
	}

	return {
		...deps,
		account,
		async accept(request: Parameters<typeof aRequest>[0]): Promise<number> {
			const [outcome] = await acceptMessages(deps, account, [aRequest(request)]);
			await decidePickUp().then((early) => expect(early).toEqual([]));
			return outcome?.kind === "accepted" ? outcome.messageId : expect.fail(outcome?.kind);
		},
		decidePickUp,
		/** What is handed over when the clock shows this, and a slot that has come by then had its alarm. */
		async earliestSendAt(time: string): Promise<readonly number[]> {
			clock.advance(at(time) - clock());
			if (slotAt(clock()) === clock()) await checkSlot(deps.dueShards, clock());
			await runDueChecks();
			return await decidePickUp();
		},
		async sweptAt(time: string): Promise<readonly number[]> {
			clock.advance(at(time) - clock());
			await sweepSlots(deps);
			await runDueChecks();
			return await decidePickUp();
		},
		row: (messageId: number) => deps.messages.rows.get(messageId),
	};
}

describe("a message that waits for its window", () => {
	it("at half past six on a Friday goes on Monday at nine, and not a second before (R20, A14, A15)", async () => {
		const gateway = aDay("2026-11-27 18:30:00");
		const id = await gateway.accept({ timeBounds: "def" });

		expect(gateway.row(id)).toMatchObject({ status: "NEW", scheduleState: null });
		expect(almatyText(gateway.row(id)?.expiresAt ?? 0)).toBe("2026-12-01 09:00:00");
		for (const early of ["2026-11-28 09:00:00", "2026-11-29 09:00:00", "2026-11-30 08:59:59"]) {
			expect(await gateway.earliestSendAt(early)).toEqual([]);
		}
		expect(await gateway.earliestSendAt("2026-11-30 09:00:00")).toEqual([id]);
	});

	it("taken at 08:59:59 goes at nine, by a delay of its lane entry and no row", async () => {
		const gateway = aDay("2026-11-24 08:59:59");
		const id = await gateway.accept({ timeBounds: "def" });

		expect(gateway.slots.kept).toEqual([]);
		expect(await gateway.decidePickUp()).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-24 09:00:00")).toEqual([id]);
	});

	it("goes at nine on the new clock when the zone has moved meanwhile (A13)", async () => {
		const gateway = aDay("2024-02-29 18:30:00");
		const id = await gateway.accept({ timeBounds: "def" });

		/* The night had 25 hours: 09:00 is 04:00 UTC, no longer 03:00. */
		expect(gateway.slots.kept.map(({ slot }) => slot)).toEqual([Date.UTC(2024, 2, 1, 4)]);
		expect(await gateway.earliestSendAt("2024-03-01 08:59:59")).toEqual([]);
		expect(await gateway.earliestSendAt("2024-03-01 09:00:00")).toEqual([id]);
	});

	it("is released by the sweep where its schedule did not fire", async () => {
		const gateway = aDay("2026-11-24 18:30:00");
		const id = await gateway.accept({ timeBounds: "def" });

		expect(await gateway.sweptAt("2026-11-25 08:52:00")).toEqual([]);
		expect(await gateway.sweptAt("2026-11-25 09:07:00")).toEqual([id]);
	});

	it("and for its schedule goes at the later of the two (A18)", async () => {
		const gateway = aDay("2026-11-23 11:00:00");
		const id = await gateway.accept({ timeBounds: "ad96", schedule: at("2026-11-24 20:15:00") });

		expect(await gateway.earliestSendAt("2026-11-24 20:15:00")).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-25 09:00:00")).toEqual([id]);
	});

	it("is parked again when it was let go too early, by whoever called a look", async () => {
		const gateway = aDay("2026-11-24 18:30:00");
		const id = await gateway.accept({ timeBounds: "def" });
		await checkSlot(gateway.dueShards, at("2026-11-25 09:00:00"));

		expect(await gateway.earliestSendAt("2026-11-24 18:31:00")).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-25 09:00:00")).toEqual([id]);
	});
});

describe("a message that expires (R19, A19)", () => {
	const isExpired = { status: "EXPIRED", errorCode: "22" };

	it("while it is parked, for its slot was looked at too late, is never sent, and is reported", async () => {
		const gateway = aDay("2026-11-24 18:30:00");
		const id = await gateway.accept({ timeBounds: "def", expiresAt: at("2026-11-25 09:05:00") });

		expect(await gateway.sweptAt("2026-11-25 09:07:00")).toEqual([]);
		expect(gateway.row(id)).toMatchObject(isExpired);
		expect(gateway.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([id]);
	});

	it("while it waits in its lane is never sent, and is reported", async () => {
		const gateway = aDay("2026-11-24 11:00:00");
		const [outcome] = await acceptMessages(gateway, gateway.account, [
			aRequest({ expiresAt: at("2026-11-24 11:00:30") }),
		]);
		const id = outcome?.kind === "accepted" ? outcome.messageId : expect.fail();

		expect(await gateway.earliestSendAt("2026-11-24 11:00:30")).toEqual([]);
		expect(gateway.row(id)).toMatchObject(isExpired);
		expect(gateway.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([id]);
	});

	it("before its window opens is taken all the same, and ends at once", async () => {
		const gateway = aDay("2026-11-24 18:30:00");
		const id = await gateway.accept({ timeBounds: "def", expiresAt: at("2026-11-25 08:00:00") });

		expect(gateway.row(id)).toMatchObject(isExpired);
		expect(gateway.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([id]);
		expect([gateway.slots.kept, gateway.lanes.sent]).toEqual([[], []]);
	});
});

describe("a scheduled message", () => {
	const schedule = at("2026-11-24 12:15:00");

	it("is planned, goes in its quarter of an hour, and is handed on then (R22, R34)", async () => {
		const gateway = aDay("2026-11-23 11:00:00");
		const id = await gateway.accept({ schedule });
		const planned = gateway.row(id)?.scheduleState;

		expect(await gateway.earliestSendAt("2026-11-24 12:00:00")).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-24 12:15:00")).toEqual([id]);
		expect([planned, gateway.row(id)?.scheduleState]).toEqual(["N", "P"]);
	});

	it("ten minutes ahead waits in its lane (A9)", async () => {
		const gateway = aDay("2026-11-24 12:05:00");
		const id = await gateway.accept({ schedule });

		expect(gateway.slots.kept).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-24 12:14:59")).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-24 12:15:00")).toEqual([id]);
	});

	it.each(["2026-11-23 11:00:00", "2026-11-24 12:05:00"])(
		"taken at %s and withdrawn is never sent (R8, A23)",
		async (now) => {
			const gateway = aDay(now);
			const id = await gateway.accept({ schedule });
			await withdrawMessage(gateway, gateway.account.userName, id);

			expect(await gateway.earliestSendAt("2026-11-24 12:15:00")).toEqual([]);
			expect(gateway.row(id)).toMatchObject({ status: "DELETED", scheduleState: null });
		},
	);

	it("keeps its client_message_id used when it was withdrawn (A23)", async () => {
		const gateway = aDay("2026-11-23 11:00:00");
		const clientMessageId = randomUUID();
		const id = await gateway.accept({ schedule, clientMessageId });
		await withdrawMessage(gateway, gateway.account.userName, id);

		const [again] = await acceptMessages(gateway, gateway.account, [aRequest({ schedule, clientMessageId })]);

		expect(again).toMatchObject({ kind: "duplicate", messageId: id });
	});
});
