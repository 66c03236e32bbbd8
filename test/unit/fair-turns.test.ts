import { describe, expect, it } from "vitest";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { fairTurns, freshTurns, nextPriority } from "#shared/domain/send/fair-turns.ts";
import { type OutboundMessage, outboundFrom, outboundQueue } from "#smpp/operators/outbound-messages.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";

function anOutbound(priority: number, userName = "demo"): OutboundMessage {
	const [lane] = lanes.filter((one) => one.operator === "kcell" && one.priority === priority);
	if (lane === undefined) throw new Error("there is no such lane");
	const entries = [{ entryId: "an entry", kind: "first", handle: "a handle" }] as const;
	const options = { lane, entries, mayRepeat: false, readAt: mondayAtEleven, style: defaultSubmitStyle };
	return outboundFrom(aMessage({ userName }), options);
}

describe("accounts in turn", () => {
	it("each get one turn, so no account's backlog delays the others", () => {
		const turns = fairTurns<string>();
		for (const item of ["a1", "a2", "a3", "b1", "c1", "c2"]) turns.push(item[0] ?? "", item);

		const taken = Array.from({ length: 7 }, () => turns.next());

		expect(taken).toEqual(["a1", "b1", "c1", "a2", "c2", "a3", undefined]);
	});

	it("keep each account's order, except for items put back at the front", () => {
		const turns = fairTurns<string>();
		turns.push("a", "a1");
		turns.push("a", "a2");
		turns.pushFirst("a", "again");

		expect([turns.next(), turns.next(), turns.next()]).toEqual(["again", "a1", "a2"]);
	});

	it("know how many items wait", () => {
		const turns = fairTurns<string>();
		turns.push("a", "a1");
		turns.pushFirst("b", "b1");
		turns.next();

		expect(turns.size).toBe(1);
		turns.next();
		turns.next();
		expect(turns.size).toBe(0);
	});
});

describe("priorities in turn", () => {
	it("share 64 : 16 : 4 : 1 while all have messages, the highest first (R18)", () => {
		let turns = freshTurns;
		const taken: number[] = [];
		for (let count = 0; count < 850; count += 1) {
			const [priority, after] = nextPriority(turns, () => true) ?? [Number.NaN, turns];
			taken.push(priority);
			turns = after;
		}

		const shares = [3, 2, 1, 0].map((priority) => taken.filter((one) => one === priority).length);
		expect(shares).toEqual([640, 160, 40, 10]);
		expect(taken.slice(0, 65)).toEqual([...Array(64).fill(3), 2]);
	});

	it("waste no turn on a priority without messages", () => {
		expect(nextPriority([0, 0, 0, 0], (priority) => priority === 0)?.[0]).toBe(0);
		expect(nextPriority(freshTurns, () => false)).toBeNull();
	});
});

describe("outbound messages", () => {
	it("go by priority, then by account", () => {
		const outboundMessages = outboundQueue();
		const all = [anOutbound(0, "a"), anOutbound(0, "a"), anOutbound(0, "b"), anOutbound(3, "b")];
		for (const outbound of all) outboundMessages.push(outbound);

		const taken = [
			outboundMessages.next(),
			outboundMessages.next(),
			outboundMessages.next(),
			outboundMessages.next(),
			outboundMessages.next(),
		];

		expect(taken).toEqual([all[3], all[0], all[2], all[1], undefined]);
		expect([0, 1, 2, 3].map(outboundMessages.waiting)).toEqual([0, 0, 0, 0]);
	});

	it("are counted by priority", () => {
		const outboundMessages = outboundQueue();
		outboundMessages.push(anOutbound(1));
		outboundMessages.pushFirst(anOutbound(1));

		expect([0, 1, 2, 3].map(outboundMessages.waiting)).toEqual([0, 2, 0, 0]);
	});
});
