import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { countRepeats, type Repeat, type RepeatOutcome } from "#shared/usecases/send/count-repeats.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import { memorySubmissions } from "#test/fakes/memory-stores.ts";

const repeatsMax = 3;
const counting = { operator: "kcell", repeatsMax, now: mondayAtEleven } as const;

async function someDeps(...messages: readonly Message[]) {
	return { ...(await aGatewayWith(messages)), submissions: memorySubmissions() };
}

const aRepeat = (message: Message, repeats = 0, countId = "its count"): Repeat => ({
	message,
	countId,
	progress: { smscIds: message.segments.map(({ smscId }) => smscId), repeats },
	parts: message.segmentCount,
	entryIds: ["entry"],
});

describe("counting a submit that may repeat another", () => {
	it("is written before the submit, with the holder (A51)", async () => {
		const message = aMessage({ revision: 1 });
		const deps = await someDeps(message);

		const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

		const row = deps.messages.rows.get(message.messageId);
		expect(row).toMatchObject({ holder: "entry", repeated: { segmentIndex: 0, times: 1 } });
		expect(outcome).toEqual({ kind: "counted", message: row });
	});

	it("is done by each of two tasks that count at once: none takes the other's count for its own", async () => {
		const message = aMessage({ revision: 1 });
		const deps = await someDeps(message);

		const [one] = await countRepeats(deps, counting, [aRepeat(message, 0, "one")]);
		const [other] = await countRepeats(deps, counting, [aRepeat(message, 0, "other")]);

		expect([one, other]).toMatchObject([
			{ kind: "counted", message: { repeated: { times: 1, countId: "one" } } },
			{ kind: "counted", message: { repeated: { times: 2, countId: "other" } } },
		]);
	});

	it.each([1, repeatsMax])(
		"is done once if it is tried again because its answer was lost, at %i of the maximum",
		async (times) => {
			const repeated = times === 1 ? null : { segmentIndex: 0, times: times - 1 };
			const message = aMessage({ repeated, revision: 1 });
			const deps = await someDeps(message);

			await countRepeats(deps, counting, [aRepeat(message)]);
			const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

			expect(outcome).toMatchObject({ kind: "counted", message: { repeated: { times }, revision: 2 } });
		},
	);

	it("refuses an own count that an answer has followed: the next segment is another", async () => {
		const message = aMessage({ segmentCount: 2, revision: 1 });
		const deps = await someDeps(message);
		await countRepeats(deps, counting, [aRepeat(message)]);
		const row = deps.messages.rows.get(message.messageId) ?? expect.fail();
		const taken = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;
		deps.messages.rows.set(message.messageId, { ...row, segments: [taken], revision: 3 });

		const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

		expect(outcome).toEqual({ kind: "again" });
	});

	it("counts each segment separately", async () => {
		const taken = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;
		const message = aMessage({ segments: [taken], repeated: { segmentIndex: 0, times: 3 }, revision: 1 });
		const deps = await someDeps(message);

		const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

		expect(outcome).toMatchObject({ kind: "counted", message: { repeated: { segmentIndex: 1, times: 1 } } });
	});

	it("records the recipient, so that a receipt with an unknown id can find the message", async () => {
		const message = aMessage();
		const deps = await someDeps(message);

		await countRepeats(deps, counting, [aRepeat(message)]);

		const found = await deps.submissions.findUnanswered("kcell", [message.recipient]);
		expect([...found.values()]).toEqual([[message.messageId]]);
	});

	it("refuses after the maximum: the message then waits for its receipt or expiry, and its watch row is written first", async () => {
		const message = aMessage({ repeated: { segmentIndex: 0, times: repeatsMax }, revision: 4 });
		const deps = await someDeps(message);
		const watched: number[] = [];
		const messages = {
			...deps.messages,
			change: async (changes: Parameters<typeof deps.messages.change>[0]) => {
				watched.push(...deps.slots.kept.flatMap(({ action }) => (action.kind === "watch" ? action.messageIds : [])));
				return await deps.messages.change(changes);
			},
		};

		const [outcome] = await countRepeats({ ...deps, messages }, counting, [aRepeat(message)]);

		expect(outcome).toEqual({ kind: "ended" });
		expect(watched).toEqual([message.messageId]);
		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "NEW", holder: "watch" });
	});

	it("refuses when another process has counted the last one, and the message is checked again", async () => {
		const message = aMessage({ repeated: { segmentIndex: 0, times: repeatsMax - 1 }, holder: "entry", revision: 3 });
		const row = { ...message, repeated: { segmentIndex: 0, times: repeatsMax }, revision: 4 };
		const deps = await someDeps(row);

		const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

		expect(outcome).toEqual({ kind: "again" });
		expect(deps.messages.rows.get(message.messageId)).toEqual(row);
	});

	it.each<[string, Partial<Message>, RepeatOutcome["kind"]]>([
		["was claimed by another entry", { holder: "another" }, "heldByOther"],
		["has ended", { status: "EXPIRED" }, "again"],
		["was accepted by its SMSC", { status: "SENT" }, "again"],
		[
			"has an answer for this segment",
			{ segments: [{ smscId: "a", status: "SENT", statusAt: 0, errorCode: null }] },
			"again",
		],
	])("refuses a message that %s in the meantime, and changes nothing", async (_, now, kind) => {
		const message = aMessage({ segmentCount: 2, revision: 1 });
		const row = { ...message, ...now, revision: 2 };
		const deps = await someDeps(row);

		const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

		expect(outcome).toEqual({ kind });
		expect(deps.messages.rows.get(message.messageId)).toEqual(row);
	});
});
