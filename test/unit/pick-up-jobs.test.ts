import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { usualSubmitStyle } from "#shared/contracts/smscs.ts";
import { lanesOf } from "#shared/domain/lanes.ts";
import { jobOf } from "#smpp/operators/jobs.ts";
import { lookAgain, pickUpJobs } from "#smpp/operators/pick-up-jobs.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryLog, memoryPacks, memoryReports, memorySlots } from "#test/fakes/memory-stores.ts";

it("makes no second job of a message that was on its way when it was read, and done with before that was known", async () => {
	const now = () => mondayAtEleven;
	const messages = memoryMessages(now);
	const message = aMessage();
	await messages.insert([message]);
	const busy = new Map([[message.messageId, [{ entryId: "first", kind: "first" as const, handle: "first" }]]]);
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

	const other = {
		parcel: { ...parcel, messageIds: [404] },
		entryId: "other",
		kind: "first",
		handle: "other",
		receives: 1,
	} as const;

	const jobs = await pickUpJobs(
		{ lane, picking, held, busy, style: usualSubmitStyle, log: memoryLog(), ready: () => undefined },
		[{ parcel, entryId: "second", kind: "first", handle: "second", receives: 2 }, other],
	);

	expect([jobs, told]).toEqual([0, ["given back second", "settled other"]]);
});

it("queues the report of what another task had ended or submitted by the second look: it may have died before that (A34)", async () => {
	const [waiting, ended, sent] = [aMessage(), aMessage(), aMessage({ toldOnWay: true })];
	const gateway = await aGatewayWith([waiting, ended, sent]);
	const [lane] = lanesOf("kcell");
	if (lane === undefined) throw new Error("no lane");
	const entries = [{ entryId: "entry", kind: "first" as const, handle: "handle" }];
	const options = { lane, entries, mayRepeat: false, readAt: mondayAtEleven, style: usualSubmitStyle };
	const jobs = [waiting, ended, sent].map((message) => jobOf(message, options));
	gateway.messages.rows.set(ended.messageId, { ...ended, status: "REJECTED", pack: "p", revision: 1 });
	gateway.messages.rows.set(sent.messageId, { ...sent, status: "SENT", sentReport: "q", revision: 1 });

	const over = await lookAgain({ picking: gateway, log: memoryLog(), ready: () => undefined }, jobs);

	expect(over.map(({ job }) => job.message.messageId)).toEqual([ended.messageId, sent.messageId]);
	expect(gateway.reports.sent.map(({ packId }) => packId)).toEqual(["p", "q"]);
});
