import { describe, expect, it } from "vitest";
import { instantFromAlmatyText } from "#shared/domain/almaty-time.ts";
import { dispatchMessages } from "#shared/usecases/dispatch-messages.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { memoryLanes, memoryReports, memorySlots } from "#test/fakes/memory-stores.ts";

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;
const someStores = () => ({ lanes: memoryLanes(), slots: memorySlots(), reports: memoryReports() });
const far = at("2027-01-01 00:00:00");

describe("dispatching messages", () => {
	it("gives each its holder: a lane, a delayed one, a slot or a report", async () => {
		const stores = someStores();
		const messages = [
			aMessage({ messageId: 1, expiresAt: far }),
			aMessage({ messageId: 2, expiresAt: far, timeBounds: "def" }),
			aMessage({ messageId: 3, expiresAt: far, schedule: at("2026-11-24 10:00:00") }),
			aMessage({ messageId: 4, status: "EXPIRED", pack: "p", userName: "demo" }),
		];

		await dispatchMessages(stores, messages, at("2026-11-24 08:50:00"));

		expect(stores.lanes.sent.map(({ parcel, delaySeconds }) => [parcel.messageIds, delaySeconds])).toEqual([
			[[1], 0],
			[[2], 600],
		]);
		expect(stores.slots.kept.map(({ slot, order }) => [slot, order])).toEqual([
			[at("2026-11-24 10:00:00"), expect.objectContaining({ parcel: expect.objectContaining({ messageIds: [3] }) })],
		]);
		expect(stores.reports.sent).toEqual([{ packId: "p", userName: "demo", messageIds: [4] }]);
	});

	it("puts 60 messages of one lane into three entries", async () => {
		const stores = someStores();

		await dispatchMessages(
			stores,
			Array.from({ length: 60 }, () => aMessage({ expiresAt: far })),
			at("2026-11-24 08:50:00"),
		);

		expect(stores.lanes.sent.map(({ parcel }) => parcel.messageIds.length)).toEqual([25, 25, 10]);
	});

	it("fails when one of them has no holder", async () => {
		const stores = someStores();
		const slots = { ...stores.slots, put: async () => Promise.reject(new Error("the table is away")) };
		const parked = aMessage({ expiresAt: far, schedule: at("2026-11-24 10:00:00") });

		const dispatching = dispatchMessages(
			{ ...stores, slots },
			[aMessage({ expiresAt: far }), parked],
			at("2026-11-24 09:00:00"),
		);

		await expect(dispatching).rejects.toThrow("away");
	});
});
