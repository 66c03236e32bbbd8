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

/** A gateway in memory with a manual clock. It shows what waits, and when each message would be submitted. */

const at = (text: string) => instantFromAlmatyText(text) ?? expect.fail(text);

function aGatewayAt(now: string) {
	const deps = aGateway(at(now));
	const clock = deps.now;
	const account = anAccount();
	const visibleFrom = new Map<object, number>();

	/** Picks up each lane entry once its delay is over. Returns the ids that would be submitted now. */
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
		/** Advances the clock to this time, runs the alarm of a slot that is due, and returns the submitted ids. */
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
	it("accepted at half past six on a Friday is sent on Monday at nine, and not a second earlier (R20, A14, A15)", async () => {
		const gateway = aGatewayAt("2026-11-27 18:30:00");
		const id = await gateway.accept({ timeBounds: "def" });

		expect(gateway.row(id)).toMatchObject({ status: "NEW", scheduleState: null });
		expect(almatyText(gateway.row(id)?.expiresAt ?? 0)).toBe("2026-12-01 09:00:00");
		for (const early of ["2026-11-28 09:00:00", "2026-11-29 09:00:00", "2026-11-30 08:59:59"]) {
			expect(await gateway.earliestSendAt(early)).toEqual([]);
		}
		expect(await gateway.earliestSendAt("2026-11-30 09:00:00")).toEqual([id]);
	});

	it("accepted at 08:59:59 is sent at nine, by a delayed lane entry without a slot row", async () => {
		const gateway = aGatewayAt("2026-11-24 08:59:59");
		const id = await gateway.accept({ timeBounds: "def" });

		expect(gateway.slots.kept).toEqual([]);
		expect(await gateway.decidePickUp()).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-24 09:00:00")).toEqual([id]);
	});

	it("is sent at nine by the new time when the time zone has changed in the meantime (A13)", async () => {
		const gateway = aGatewayAt("2024-02-29 18:30:00");
		const id = await gateway.accept({ timeBounds: "def" });

		/* The night had 25 hours: 09:00 is 04:00 UTC, no longer 03:00. */
		expect(gateway.slots.kept.map(({ slot }) => slot)).toEqual([Date.UTC(2024, 2, 1, 4)]);
		expect(await gateway.earliestSendAt("2024-03-01 08:59:59")).toEqual([]);
		expect(await gateway.earliestSendAt("2024-03-01 09:00:00")).toEqual([id]);
	});

	it("is released by the sweep when its alarm did not run", async () => {
		const gateway = aGatewayAt("2026-11-24 18:30:00");
		const id = await gateway.accept({ timeBounds: "def" });

		expect(await gateway.sweptAt("2026-11-25 08:52:00")).toEqual([]);
		expect(await gateway.sweptAt("2026-11-25 09:07:00")).toEqual([id]);
	});

	it("and for its schedule is sent at the later of the two (A18)", async () => {
		const gateway = aGatewayAt("2026-11-23 11:00:00");
		const id = await gateway.accept({ timeBounds: "ad96", schedule: at("2026-11-24 20:15:00") });

		expect(await gateway.earliestSendAt("2026-11-24 20:15:00")).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-25 09:00:00")).toEqual([id]);
	});

	it("is parked again when an early check released it", async () => {
		const gateway = aGatewayAt("2026-11-24 18:30:00");
		const id = await gateway.accept({ timeBounds: "def" });
		await checkSlot(gateway.dueShards, at("2026-11-25 09:00:00"));

		expect(await gateway.earliestSendAt("2026-11-24 18:31:00")).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-25 09:00:00")).toEqual([id]);
	});
});

describe("a message that expires (R19, A19)", () => {
	const isExpired = { status: "EXPIRED", errorCode: "22" };

	it("while it is parked, because its slot was checked too late, is never sent, and is reported", async () => {
		const gateway = aGatewayAt("2026-11-24 18:30:00");
		const id = await gateway.accept({ timeBounds: "def", expiresAt: at("2026-11-25 09:05:00") });

		expect(await gateway.sweptAt("2026-11-25 09:07:00")).toEqual([]);
		expect(gateway.row(id)).toMatchObject(isExpired);
		expect(gateway.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([id]);
	});

	it("while it waits in its lane is never sent, and is reported", async () => {
		const gateway = aGatewayAt("2026-11-24 11:00:00");
		const [outcome] = await acceptMessages(gateway, gateway.account, [
			aRequest({ expiresAt: at("2026-11-24 11:00:30") }),
		]);
		const id = outcome?.kind === "accepted" ? outcome.messageId : expect.fail();

		expect(await gateway.earliestSendAt("2026-11-24 11:00:30")).toEqual([]);
		expect(gateway.row(id)).toMatchObject(isExpired);
		expect(gateway.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([id]);
	});

	it("before its window opens is accepted, and ends at once", async () => {
		const gateway = aGatewayAt("2026-11-24 18:30:00");
		const id = await gateway.accept({ timeBounds: "def", expiresAt: at("2026-11-25 08:00:00") });

		expect(gateway.row(id)).toMatchObject(isExpired);
		expect(gateway.reports.sent.flatMap(({ messageIds }) => messageIds)).toEqual([id]);
		expect([gateway.slots.kept, gateway.lanes.sent]).toEqual([[], []]);
	});
});

describe("a scheduled message", () => {
	const schedule = at("2026-11-24 12:15:00");

	it("is planned, is sent in its slot, and is then handed on (R22, R34)", async () => {
		const gateway = aGatewayAt("2026-11-23 11:00:00");
		const id = await gateway.accept({ schedule });
		const planned = gateway.row(id)?.scheduleState;

		expect(await gateway.earliestSendAt("2026-11-24 12:00:00")).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-24 12:15:00")).toEqual([id]);
		expect([planned, gateway.row(id)?.scheduleState]).toEqual(["N", "P"]);
	});

	it("ten minutes ahead waits in its lane (A9)", async () => {
		const gateway = aGatewayAt("2026-11-24 12:05:00");
		const id = await gateway.accept({ schedule });

		expect(gateway.slots.kept).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-24 12:14:59")).toEqual([]);
		expect(await gateway.earliestSendAt("2026-11-24 12:15:00")).toEqual([id]);
	});

	it.each(["2026-11-23 11:00:00", "2026-11-24 12:05:00"])(
		"accepted at %s and withdrawn is never sent (R8, A23)",
		async (now) => {
			const gateway = aGatewayAt(now);
			const id = await gateway.accept({ schedule });
			await withdrawMessage(gateway, gateway.account.userName, id);

			expect(await gateway.earliestSendAt("2026-11-24 12:15:00")).toEqual([]);
			expect(gateway.row(id)).toMatchObject({ status: "DELETED", scheduleState: null });
		},
	);

	it("keeps its client_message_id used after it was withdrawn (A23)", async () => {
		const gateway = aGatewayAt("2026-11-23 11:00:00");
		const clientMessageId = randomUUID();
		const id = await gateway.accept({ schedule, clientMessageId });
		await withdrawMessage(gateway, gateway.account.userName, id);

		const [again] = await acceptMessages(gateway, gateway.account, [aRequest({ schedule, clientMessageId })]);

		expect(again).toMatchObject({ kind: "duplicate", messageId: id });
	});
});
