import { describe, expect, it } from "vitest";
import type { Bind } from "#smpp/operators/keep-bind.ts";
import { recentSubmits } from "#smpp/operators/recent-submits.ts";
import type { SubmitOutcome } from "#smpp/operators/submit-outcome.ts";

async function afterSubmits(submits: Readonly<Record<string, string>> | [string, string][], max?: number) {
	const recent = recentSubmits(max);
	for (const [smscId, recipient] of Array.isArray(submits) ? submits : Object.entries(submits)) {
		await submit(recent, { kind: "accepted", smscId }, recipient);
	}
	return recent;
}

async function submit(recent: ReturnType<typeof recentSubmits>, outcome: SubmitOutcome, destination_addr: string) {
	const bind: Bind = { bound: true, submit: async () => outcome, renew: () => undefined, stop: async () => undefined };
	const fields = { source_addr: "SMSGW", destination_addr, data_coding: 0, short_message: Buffer.alloc(0) };
	return await recent.watch(bind).submit(fields);
}

const [first, second] = ["77010000001", "77010000002"];

describe("the recipient of a receipt without its number", () => {
	it.each([
		["the id as it is", "0A1", "", first],
		["the id in another case", "0a1", "", first],
		["the id without zeros", "A1", "", first],
		["the id in decimal and the last digits", "161", "7701****001", first],
		["the id in decimal alone", "161", "", undefined],
		["the id in decimal and the first digits", "161", "7701*******", undefined],
		["the digits of a national number", "0A1", "701000****", first],
		["the digits of a number with 8", "0A1", "8701000****", first],
		["digits that are not all the same", "0A1", "7702****001", undefined],
		["a sender's name with digits", "0A1", "KASPI24", first],
		["a sender's name with an x", "0A1", "X5", first],
		["a short number", "0A1", "1414", first],
		["the last digits", "0A1", "xxxxxxx0001", first],
		["the first digits", "0A1", "7701*******", first],
		["digits at both ends", "0A1", "7701***0001", first],
		["a mark among 400,000 digits", "0A1", `*${"1".repeat(400_000)}x`, first],
		["other last digits", "0A1", "7701****002", undefined],
		["other first digits", "0A1", "7707*******", undefined],
		["the sender's name", "0A1", "SMSGW", first],
		["an unknown id", "0B1", "", undefined],
	])("is known by %s", async (_, smscId, masked, expected) => {
		expect((await afterSubmits({ "0A1": first })).recipientOf([smscId], masked)).toBe(expected);
	});

	it("is not known if two recipients have the id, unless the digits tell them apart", async () => {
		const recent = await afterSubmits([
			["1", first],
			["1", second],
		]);

		expect(recent.recipientOf(["1"], "")).toBeUndefined();
		expect(recent.recipientOf(["1"], "***0002")).toBe(second);
	});

	it("is that of the exact id, whatever others its forms have", async () => {
		expect((await afterSubmits({ 10: first, 16: second })).recipientOf(["10"], "")).toBe(first);
	});

	it("is known of a late answer too, and of the last submits only", async () => {
		const recent = await afterSubmits({}, 2);
		for (const smscId of ["1", "2", "3"]) {
			await submit(recent, { kind: "unknown", late: Promise.resolve({ kind: "accepted", smscId }) }, first);
		}

		expect(["1", "2", "3"].map((id) => recent.recipientOf([id], ""))).toEqual([undefined, first, first]);
	});
});

describe("an id with other zeros, or with letters in another case", () => {
	it("is found, if it is the only one", async () => {
		const recent = await afterSubmits({ "SAR-1eedF843-1": first });

		expect(recent.spellingOf("SAR-1EEDF843-1")).toBe("SAR-1eedF843-1");
		expect(recent.spellingOf("SAR-1eedF843-1")).toBeUndefined();
		expect(recent.spellingOf("SAR-1EEDF843-2")).toBeUndefined();
		expect((await afterSubmits({ "000000000a1": first })).spellingOf("A1")).toBe("000000000a1");
	});

	it("is found by its number in decimal, if its letters are in both cases", async () => {
		expect((await afterSubmits({ "00b8EC69": first })).spellingOf("12119145")).toBe("00b8EC69");
		expect((await afterSubmits({ "00b8ec69": first, 27: second })).spellingOf("12119145")).toBeUndefined();
		expect((await afterSubmits({ 27: second })).spellingOf("39")).toBeUndefined();
	});
});
