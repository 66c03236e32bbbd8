import { expect, it } from "vitest";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, lanesOf } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { expired, interrupted } from "#shared/domain/message/message-transitions.ts";
import { acceptBatch } from "#shared/usecases/accept/accept-batch.ts";
import { acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import { holdInserted } from "#shared/usecases/accept/hold-messages.ts";
import { readBatch } from "#shared/usecases/message/read-batch.ts";
import { checkShard } from "#shared/usecases/schedule/check-shard.ts";
import { countRepeats } from "#shared/usecases/send/count-repeats.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";
import { pickUpMessages, settleOthers } from "#shared/usecases/send/pick-up-messages.ts";
import type { OutboundMessage } from "#smpp/operators/outbound-messages.ts";
import { pickUpOutbound } from "#smpp/operators/pick-up-outbound.ts";
import { aMessage, anAccount, aRequest, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGateway, aGatewayWith } from "#test/fakes/gateways.ts";
import { memoryLog, memorySubmissions, refusingLanes, unansweredLanes } from "#test/fakes/memory-stores.ts";

const entry = (entryId: string, kind: LaneEntry["kind"], messageIds: readonly number[], redelivered = false) => ({
	...{ entryId, kind, messageIds, redelivered },
});

it("each message in a GET of a batch has a holder", async () => {
	const gateway = aGateway();
	const account = anAccount();
	const items = [aRequest(), aRequest()];
	const request = { failFast: true, items, body: "{}" };
	await expect(acceptBatch({ ...gateway, lanes: refusingLanes }, account, request)).rejects.toThrow();
	const [batchId = 0] = [...gateway.batches.rows.keys()];

	const found = await readBatch(gateway, account.userName, batchId);

	const shown = found.kind === "found" ? found.messages : [];
	const named = gateway.lanes.sent.flatMap(({ sendJob }) => sendJob.messageIds);
	expect(shown.map(({ message }) => message.messageId).filter((id) => !named.includes(id))).toEqual([]);
});

it("when a message's revision cannot be raised, the second of its two entries waits until the first submit is recorded", async () => {
	const gateway = await aGatewayWith([]);
	const account = anAccount();
	const request = aRequest();
	await acceptMessages(gateway, account, [request]);
	const throttled = { ...gateway.messages, change: async () => await Promise.reject(new Error("throttled")) };
	await expect(acceptMessages({ ...gateway, messages: throttled }, account, [request])).rejects.toThrow();
	const [first, again] = gateway.lanes.sent;
	expect([first?.kind, again?.kind]).toEqual(["first", "again"]);
	/* The operator is paused for over a minute. When it resumes, two tasks receive one entry each. */
	const ids = first?.sendJob.messageIds ?? [];

	const one = await pickUpMessages(gateway, [entry("e1", "first", ids)]);
	const other = await pickUpMessages(gateway, [entry("e2", "again", ids)]);

	expect([...one.submit.values()]).toMatchObject([{ waitsUntil: null }]);
	expect([...other.submit.values()]).toMatchObject([{ waitsUntil: gateway.now() + 60_000 }]);
});

it("a count that another process has raised in the meantime is respected: no submit exceeds the maximum", async () => {
	const message = aMessage({ holder: "entry", repeated: { segmentIndex: 0, times: 2 }, revision: 3 });
	const row: Message = { ...message, repeated: { segmentIndex: 0, times: 3 }, revision: 4 };
	const deps = { ...(await aGatewayWith([row])), submissions: memorySubmissions() };

	const [outcome] = await countRepeats(deps, { operator: "kcell", repeatsMax: 3, now: mondayAtEleven }, [
		{ message, progress: { smscIds: [], repeats: 0 }, parts: 1, entryIds: ["entry"], countId: "a count" },
	]);

	expect(outcome?.kind).not.toBe("counted");
});

it("an interrupted submission never lowers the repeat count of another process with the same entry", () => {
	const row = aMessage({ holder: "entry", repeated: { segmentIndex: 0, times: 2 }, revision: 4 });

	const change = interrupted(row, { smscIds: [], sentAt: 1, resends: 1, repeats: 0 }, ["entry"], 2);

	expect(change?.repeated?.times ?? 2).toBe(2);
});

it("a slot row that replaces a lane entry of unknown outcome is released as again, so its submit is counted", async () => {
	const message = aMessage();
	const gateway = await aGatewayWith([message]);
	await holdInserted({ ...gateway, lanes: unansweredLanes }, [message], gateway.now());
	expect(gateway.slots.kept.map(({ action }) => action)).toMatchObject([{ kind: "release", again: true }]);
	const [{ slot = 0, shard = 0 } = {}] = gateway.slots.kept;
	gateway.now.advance(slot - gateway.now());
	await checkShard(gateway, { slot, shard });

	expect(gateway.lanes.sent).toMatchObject([{ kind: "again", sendJob: { messageIds: [message.messageId] } }]);
});

it("an outbound message has the time at which its row was read, not the time at which its neighbours were claimed", async () => {
	const fresh = aMessage();
	const planned = aMessage({ schedule: mondayAtEleven, scheduleState: "N" });
	const gateway = await aGatewayWith([fresh, planned]);
	const change: typeof gateway.messages.change = async (changes) => {
		gateway.now.advance(20_000);
		return await gateway.messages.change(changes);
	};
	const [lane] = lanesOf("kcell") as [Lane];
	const outboundMessages: OutboundMessage[] = [];
	const held = {
		isHeld: () => true,
		hold() {},
		settle() {},
		defer() {},
		giveBack() {},
		release: async () => undefined,
	};
	const readBefore = gateway.now();
	const sendJob = { userName: "demo", operator: "kcell", priority: 0 } as const;
	await pickUpOutbound(
		{
			...{ lane, held, busy: new Map(), style: defaultSubmitStyle, log: memoryLog() },
			picking: { ...gateway, messages: { ...gateway.messages, change } },
			ready: (ready) => void outboundMessages.push(...ready),
		},
		[fresh, planned].map(({ messageId }, index) => ({
			...{ sendJob: { ...sendJob, messageIds: [messageId] }, kind: "first" as const, receives: 1 },
			...{ entryId: `e${index}`, handle: `h${index}` },
		})),
	);

	const outbound = outboundMessages.find(({ message }) => message.messageId === fresh.messageId);
	expect(outbound?.message.revision).toBe(0);
	expect(outbound?.readAt).toBe(readBefore);
});

it("a message that was given back, parked and never submitted expires with code 22", async () => {
	const message = aMessage({ timeBounds: "def" });
	const gateway = await aGatewayWith([message], mondayAtEleven + 10 * 3_600_000);
	const picked = await pickUpMessages(gateway, [entry("e1", "first", [message.messageId], true)]);
	await settleOthers(gateway, picked.others);
	const row = gateway.messages.rows.get(message.messageId);
	if (row === undefined) throw new Error("gone");

	expect(expired(row, row.expiresAt)).toMatchObject({ errorCode: "22" });
});

it("a message that was expired when read, and is partly sent now, keeps its entry", async () => {
	const read = aMessage({
		acceptedAt: mondayAtEleven - 7_200_000,
		expiresAt: mondayAtEleven - 1_000,
		keepUntil: 2 ** 42,
	});
	const gateway = await aGatewayWith([read]);
	const picked = await pickUpMessages(gateway, [entry("e1", "first", [read.messageId], true)]);
	expect(picked.others.expired).toEqual([read]);
	/* The task that also holds e1 records how far it came. */
	const segment = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;
	gateway.messages.rows.set(read.messageId, { ...read, segments: [segment], holder: "e1", revision: 1 });

	const stays = await settleOthers(gateway, picked.others);

	const isNew = gateway.messages.rows.get(read.messageId)?.status === "NEW";
	expect(isNew && !stays.has(read.messageId)).toBe(false);
});

it("a batch that was answered 201 has its rows, though another attempt took rows back twice (R27)", async () => {
	const gateway = aGateway();
	const account = anAccount();
	const request = { failFast: true, items: [aRequest(), aRequest()], body: "{}" };
	const died = async () => await Promise.reject(new Error("died"));
	/* The first attempt dies before its commit. */
	await expect(
		acceptBatch({ ...gateway, batches: { ...gateway.batches, replace: died } }, account, request),
	).rejects.toThrow();

	/* The third stops before its commit until the second has died. */
	const mayCommit = Promise.withResolvers<void>();
	const isAboutToCommit = Promise.withResolvers<void>();
	const third = {
		...gateway.batches,
		replace: async (...[known, batch]: Parameters<typeof gateway.batches.replace>) => {
			isAboutToCommit.resolve();
			await mayCommit.promise;
			return await gateway.batches.replace(known, batch);
		},
	};
	/* The second takes back the first's rows; the third inserts its own; the second takes those back too, and dies. */
	let thirdEnds: ReturnType<typeof acceptBatch> | undefined;
	const second = {
		...gateway.messages,
		undoInsert: async (rows: Parameters<typeof gateway.messages.undoInsert>[0]) => {
			await gateway.messages.undoInsert(rows);
			if (thirdEnds !== undefined) return await died();
			thirdEnds = acceptBatch({ ...gateway, batches: third }, account, request);
			await isAboutToCommit.promise;
		},
	};
	await expect(acceptBatch({ ...gateway, messages: second }, account, request)).rejects.toThrow("died");
	mayCommit.resolve();

	const outcomes = await thirdEnds?.then(({ kind }) => kind).catch(() => "503");

	expect([outcomes, gateway.messages.rows.size]).not.toEqual(["accepted", 0]);
});

it("a fail-fast batch that repeats a committed message gets code 23, whichever id is smaller", async () => {
	const gateway = aGateway();
	const account = anAccount();
	const outcomes: string[] = [];
	for (let tries = 0; tries < 8; tries += 1) {
		const shared = aRequest();
		const first = await acceptBatch(gateway, account, { failFast: true, items: [shared], body: "first" });
		expect(first.kind).toBe("accepted");
		const second = { failFast: true, items: [aRequest(), shared], body: "second" };
		outcomes.push(
			await acceptBatch(gateway, account, second).then(
				({ kind }) => kind,
				(error) => String(error),
			),
		);
	}

	expect([...new Set(outcomes)]).toEqual(["refused"]);
});
