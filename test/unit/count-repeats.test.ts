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

const aRepeat = (message: Message, repeats = 0): Repeat => ({
	message,
	progress: { smscIds: message.segments.map(({ smscId }) => smscId), repeats },
	entryIds: ["entry"],
});

describe("counting a submit that may repeat another", () => {
	it("is written before it goes, with its holder (A51)", async () => {
		const message = aMessage({ revision: 1 });
		const deps = await someDeps(message);

		const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

		const row = deps.messages.rows.get(message.messageId);
		expect(row).toMatchObject({ holder: "entry", repeated: { segmentIndex: 0, times: 1 } });
		expect(outcome).toEqual({ kind: "counted", message: row });
	});

	it("counts each segment for itself", async () => {
		const taken = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;
		const message = aMessage({ segments: [taken], repeated: { segmentIndex: 0, times: 3 }, revision: 1 });
		const deps = await someDeps(message);

		const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

		expect(outcome).toMatchObject({ kind: "counted", message: { repeated: { segmentIndex: 1, times: 1 } } });
	});

	it("makes the message one that a receipt of an unknown id may find by its recipient", async () => {
		const message = aMessage();
		const deps = await someDeps(message);

		await countRepeats(deps, counting, [aRepeat(message)]);

		const found = await deps.submissions.findUnanswered("kcell", [message.recipient]);
		expect([...found.values()]).toEqual([[message.messageId]]);
	});

	it("is not made more than so often: then the message waits for its receipt or its expiry, and its watch row is written first", async () => {
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

	it("is not made where another process counted the last one meanwhile: the message is checked again", async () => {
		const message = aMessage({ repeated: { segmentIndex: 0, times: repeatsMax - 1 }, holder: "entry", revision: 3 });
		const row = { ...message, repeated: { segmentIndex: 0, times: repeatsMax }, revision: 4 };
		const deps = await someDeps(row);

		const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

		expect(outcome).toEqual({ kind: "again" });
		expect(deps.messages.rows.get(message.messageId)).toEqual(row);
	});

	it.each<[string, Partial<Message>, RepeatOutcome["kind"]]>([
		["another entry holds", { holder: "another" }, "heldByOther"],
		["has ended", { status: "EXPIRED" }, "again"],
		["was taken by its SMSC after all", { status: "SENT" }, "again"],
		[
			"was answered for this segment after all",
			{ segments: [{ smscId: "a", status: "SENT", statusAt: 0, errorCode: null }] },
			"again",
		],
	])("is not made of what %s meanwhile, and changes nothing", async (_, now, kind) => {
		const message = aMessage({ revision: 1 });
		const row = { ...message, ...now, revision: 2 };
		const deps = await someDeps(row);

		const [outcome] = await countRepeats(deps, counting, [aRepeat(message)]);

		expect(outcome).toEqual({ kind });
		expect(deps.messages.rows.get(message.messageId)).toEqual(row);
	});
});
