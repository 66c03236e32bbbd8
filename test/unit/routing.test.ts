import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { operators } from "#shared/domain/message/operators.ts";
import { type NumberEntry, updatedEntry } from "#shared/domain/numbers/number-entry.ts";
import { routeOf } from "#shared/domain/numbers/routing.ts";
import { acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import { anAccount, aRequest, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryNumbers } from "#test/fakes/memory-numbers.ts";
import {
	memoryBatches,
	memoryLanes,
	memoryLog,
	memoryReports,
	memorySlots,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";
import { noLimits } from "#test/fakes/no-limits.ts";

const ofKcell = "77010000000";
const unassigned = "77990000000";

function anEntry(parts: Partial<NumberEntry> = {}): NumberEntry {
	return { recipient: ofKcell, portedTo: null, porting: false, blocked: false, ...parts };
}

describe("the route of a message", () => {
	it("is by its recipient's prefix when the number is unknown (R4, A49)", () => {
		expect(routeOf(ofKcell, undefined)).toEqual({ operator: "kcell" });
		expect(routeOf(ofKcell, anEntry())).toEqual({ operator: "kcell" });
	});

	it.each(operators)("is to %s when the number was ported to it (R4, A49)", (portedTo) => {
		expect(routeOf(ofKcell, anEntry({ portedTo }))).toEqual({ operator: portedTo });
		expect(routeOf(unassigned, anEntry({ portedTo }))).toEqual({ operator: portedTo });
	});

	it.each([
		["no operator has its prefix (code 34)", unassigned, undefined, "34"],
		["no operator has its prefix and its port ended (code 34)", unassigned, anEntry(), "34"],
		["it is being ported (code 37)", ofKcell, anEntry({ porting: true }), "37"],
		["it is being ported again (code 37)", ofKcell, anEntry({ porting: true, portedTo: "tele2" }), "37"],
		["it is being ported without an operator by prefix (code 37)", unassigned, anEntry({ porting: true }), "37"],
		["it is blocked (code 30)", ofKcell, anEntry({ blocked: true }), "30"],
		["it is blocked, ported or not (code 30)", ofKcell, anEntry({ blocked: true, portedTo: "tele2" }), "30"],
		["it is blocked while it is ported (code 30)", ofKcell, anEntry({ blocked: true, porting: true }), "30"],
		["it is blocked and no operator has its prefix (code 30)", unassigned, anEntry({ blocked: true }), "30"],
	])("is refused when %s (A49, R39)", (_, recipient, entry, refused) => {
		expect(routeOf(recipient, entry)).toEqual({ refused });
	});
});

describe("the entry of a number", () => {
	const recipient = ofKcell;

	it.each([
		["a port of an unknown number", undefined, { portedTo: "tele2", porting: false }, { portedTo: "tele2" }],
		["a completed port", { porting: true }, { portedTo: "tele2", porting: false }, { portedTo: "tele2" }],
		["a port of a blocked number", { blocked: true }, { portedTo: "altel" }, { portedTo: "altel", blocked: true }],
		["a block of a ported number", { portedTo: "altel" }, { blocked: true }, { portedTo: "altel", blocked: true }],
		["the end of a block", { portedTo: "altel", blocked: true }, { blocked: false }, { portedTo: "altel" }],
		[
			"a blocked number that was ported back",
			{ portedTo: "altel", blocked: true },
			{ portedTo: null },
			{ blocked: true },
		],
	] as const)("changes by %s, and by nothing else", (_, known, update, after) => {
		expect(updatedEntry(known && anEntry(known), { recipient, ...update })).toEqual(anEntry(after));
	});

	it("is removed once the number is neither ported nor blocked", () => {
		expect(updatedEntry(anEntry({ portedTo: "altel" }), { recipient, portedTo: null, porting: false })).toBeNull();
		expect(updatedEntry(anEntry({ blocked: true }), { recipient, blocked: false })).toBeNull();
		expect(updatedEntry(undefined, { recipient, blocked: false })).toBeNull();
	});
});

describe("accepting messages", () => {
	function aGateway(entries: readonly NumberEntry[]) {
		const now = stoppedClock(mondayAtEleven);
		const batches = memoryBatches(now);
		const stores = { messages: memoryMessages(now), batches, lanes: memoryLanes(), slots: memorySlots() };
		const rest = {
			reports: memoryReports(),
			now,
			idKey: "0123456789abcdef",
			retentionMs: 1_000_000_000,
			finalTexts: "keep" as const,
			limits: noLimits,
		};
		return {
			...stores,
			...rest,
			numbers: memoryNumbers(entries),
			newAttempt: () => `attempt ${randomInt(2 ** 40)}`,
			counter: memoryCounter(),
			log: memoryLog(),
		};
	}

	it("reads all numbers in one call, and queues each message for its own operator (A49)", async () => {
		const gateway = aGateway([anEntry({ portedTo: "tele2" })]);
		const requests = [aRequest(), aRequest({ recipient: "77010000001" })];

		await acceptMessages(gateway, anAccount(), requests);

		expect(gateway.numbers.asked).toEqual([[ofKcell, "77010000001"]]);
		expect(gateway.lanes.sent.map(({ sendJob }) => sendJob.operator).sort()).toEqual(["kcell", "tele2"]);
		const rows = [...gateway.messages.rows.values()];
		expect(rows.map(({ recipient, operator }) => [recipient, operator])).toEqual([
			[ofKcell, "tele2"],
			["77010000001", "kcell"],
		]);
	});

	it("refuses messages without a route, with code and field, and accepts the others (A49, code 30, code 37)", async () => {
		const blocked = anEntry({ recipient: "77010000001", blocked: true });
		const gateway = aGateway([anEntry({ porting: true }), blocked]);
		const requests = [ofKcell, "77010000001", unassigned, "77010000002"].map((recipient) => aRequest({ recipient }));

		const outcomes = await acceptMessages(gateway, anAccount(), requests);

		expect(outcomes).toMatchObject([
			{ kind: "refused", refusal: { code: "37", field: "recipient", message: expect.stringContaining("4 hours") } },
			{ kind: "refused", refusal: { code: "30", field: "recipient", message: expect.stringContaining("banned") } },
			{ kind: "refused", refusal: { code: "34", field: "recipient" } },
			{ kind: "accepted" },
		]);
		expect(gateway.messages.rows.size).toBe(1);
	});

	it("accepts nothing when the numbers cannot be read: the route would be a guess", async () => {
		const find = async () => {
			throw new Error("the table is unavailable");
		};
		const gateway = { ...aGateway([]), numbers: { find } };

		await expect(acceptMessages(gateway, anAccount(), [aRequest()])).rejects.toThrow("unavailable");

		expect(gateway.messages.rows.size).toBe(0);
	});
});
