import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { usualSubmitStyle } from "#shared/contracts/smscs.ts";
import { lanesOf } from "#shared/domain/lanes.ts";
import { pickUpJobs } from "#smpp/operators/pick-up-jobs.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryLog, memoryPacks, memoryReports, memorySlots } from "#test/fakes/memory-stores.ts";

it("makes no second job of a message that was on its way when it was read, and done with before that was known", async () => {
	const now = () => mondayAtEleven;
	const messages = memoryMessages(now);
	const message = aMessage();
	await messages.insert([message]);
	const busy = new Map([[message.messageId, ["first"]]]);
	const readEach: typeof messages.readEach = async (ids) => {
		const rows = await messages.readEach(ids);
		busy.delete(message.messageId);
		return rows;
	};
	const told: string[] = [];
	const held = {
		hold: () => undefined,
		settle: (handle: string) => void told.push(`settled ${handle}`),
		leave: (handle: string) => void told.push(`left ${handle}`),
		giveBack: (handle: string) => void told.push(`given back ${handle}`),
		release: async () => undefined,
	};
	const [lane] = lanesOf("kcell");
	if (lane === undefined) throw new Error("no lane");
	const picking = {
		messages: { ...messages, readEach },
		packs: memoryPacks(),
		slots: memorySlots(),
		reports: memoryReports(),
		newPackId: () => randomUUID() as string,
		now,
	};
	const parcel = {
		userName: "demo",
		operator: lane.operator,
		priority: lane.priority,
		messageIds: [message.messageId],
	};

	const jobs = await pickUpJobs(
		{ lane, picking, held, busy, style: usualSubmitStyle, log: memoryLog(), ready: () => undefined },
		[{ parcel, handle: "second", receives: 2 }],
	);

	expect([jobs, told]).toEqual([0, ["given back second"]]);
});
