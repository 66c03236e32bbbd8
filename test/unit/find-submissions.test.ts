import { describe, expect, it, vi } from "vitest";
import type { Operator } from "#shared/domain/message/operators.ts";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import { checkDelaysSeconds } from "#shared/domain/receipts/receipt-checks.ts";
import { type FindSubmissionsDeps, findSubmissions } from "#shared/usecases/receipts/find-submissions.ts";
import { aMessage, aReceipt, aSubmittedSegment } from "#test/fakes/builders.ts";
import { learntForms, memoryLog, memorySubmissions, stoppedClock } from "#test/fakes/memory-stores.ts";

/** The first check that is at least two minutes after the first one. */
const late = checkDelaysSeconds.findIndex(
	(_, checks) => checkDelaysSeconds.slice(0, checks).reduce((sum, one) => sum + one, 0) >= 120,
);

async function aSearch(smscIds: readonly string[], parts: Partial<FindSubmissionsDeps> = {}) {
	const submissions = memorySubmissions(stoppedClock());
	const message = aMessage();
	await submissions.put(smscIds.map((smscId, index) => aSubmittedSegment(message, smscId, index)));
	const log = memoryLog();
	const searchDeps: FindSubmissionsDeps = { submissions, receiptForms: learntForms(), log, ...parts };
	const find = vi.spyOn(submissions, "find");
	const idsSearched = () => find.mock.calls.flatMap(([refs]) => refs).length;
	const findFor = async (receipt: Receipt, checks = 0, operator: Operator = "kcell") =>
		(await findSubmissions(searchDeps, [{ operator, receipts: [receipt], checks }])).get(receipt)?.segmentIndex;
	return { submissions, log, message, findFor, idsSearched };
}

describe("the submission of a receipt", () => {
	it.each([
		["exactly as submitted", "255", ["255"], undefined],
		["in hex where the response had decimal", "FF", ["255"], "hex"],
		["in decimal where the response had hex", "255", ["ff"], "decimal"],
		["in decimal where the response had hex of eight digits", "255", ["000000FF"], "decimal"],
		["with leading zeros where the response had none", "0000000255", ["255"], "zeros"],
		["without the response's leading zeros", "255", ["0000000255"], "zeros"],
		["in another case", "smsc2001", ["SMSC2001"], "case"],
	])("is found by an id %s, and the difference is logged", async (_, smscId, submitted, rule) => {
		const { findFor, log } = await aSearch(submitted);

		expect(await findFor(aReceipt({ smscId }), late)).toBe(0);

		const fields = { operator: "kcell", rule, receipt_id: smscId, submit_id: submitted[0] };
		expect(log.events).toEqual(rule === undefined ? [] : [{ event: "receipt.id_format_learned", fields: fields }]);
	});

	it("is the one with the exact id, even if another form of the id exists", async () => {
		const { findFor, log } = await aSearch(["16", "10", "a"]);

		for (const checks of [0, 1, late]) expect(await findFor(aReceipt({ smscId: "10" }), checks)).toBe(1);
		expect(log.events).toEqual([]);
	});

	it("is searched in other forms of the id only after two minutes: until then the receipt may be early", async () => {
		const { findFor, idsSearched } = await aSearch(["255"]);

		const early: unknown[] = [];
		for (let checks = 0; checks < late; checks += 1) early.push(await findFor(aReceipt({ smscId: "FF" }), checks));
		const searchedEarly = idsSearched();

		expect([early.filter((one) => one !== undefined), searchedEarly]).toEqual([[], late]);
		expect(await findFor(aReceipt({ smscId: "FF" }), late)).toBe(0);
	});

	it.each([[[]], [["zeros bare", "case upper"]], [["same"]], [["decimal bare", "same"]]] as const)(
		"is never that of a segment with another form of the id while its own may still be recorded: %j learned",
		async (learned) => {
			for (let comesAt = 0; comesAt <= late; comesAt += 1) {
				const receiptForms = learntForms({ kcell: learned });
				const { findFor, submissions, message } = await aSearch(["27"], { receiptForms });
				const receipt = aReceipt({ smscId: "39" });
				const own = aSubmittedSegment(message, "39", 1);

				for (let checks = 0; checks < comesAt; checks += 1) expect(await findFor(receipt, checks)).toBeUndefined();
				await submissions.put([own]);

				expect(await findFor(receipt, comesAt)).toBe(1);
			}
		},
	);

	it("is not a later one, if only another form of the id matches", async () => {
		const { findFor, message, submissions } = await aSearch([]);
		const receipt = aReceipt({ smscId: "39" });
		await submissions.put([{ ...aSubmittedSegment(message, "27"), submittedAt: receipt.receivedAt + 5_001 }]);
		const after = await findFor(receipt, late);
		await submissions.put([{ ...aSubmittedSegment(message, "27"), submittedAt: receipt.receivedAt - 1 }]);

		expect([after, await findFor(receipt, late)]).toEqual([undefined, 0]);
	});

	it("is none when other forms of the id match different segments", async () => {
		const { findFor, log } = await aSearch(["57", "27"]);

		expect(await findFor(aReceipt({ smscId: "39" }), late)).toBeUndefined();
		expect(log.events).toEqual([]);
	});

	it("is none in another base when learnt forms of the same number match different segments", async () => {
		const receiptForms = learntForms({ kcell: ["zeros bare", "zeros 10"] });
		const { findFor } = await aSearch(["0000000039", "39", "57"], { receiptForms });

		expect(await findFor(aReceipt({ smscId: "00000039" }), late)).toBeUndefined();
	});

	it("is searched at once in the form that its operator is known to use, and logged once", async () => {
		const { findFor, idsSearched, log, submissions, message } = await aSearch(["255"]);
		await findFor(aReceipt({ smscId: "FF" }), late);
		await submissions.put([aSubmittedSegment(message, "254", 1)]);
		const before = idsSearched();

		expect(await findFor(aReceipt({ smscId: "FE" }))).toBe(1);

		expect(idsSearched() - before).toBe(1);
		expect(log.events).toHaveLength(1);
	});

	it("is searched in the base that was learned, even if another segment has the exact id", async () => {
		const { findFor } = await aSearch(["ff", "39", "27"]);
		await findFor(aReceipt({ smscId: "255" }), late);

		expect(await findFor(aReceipt({ smscId: "39" }))).toBe(2);
	});

	it("teaches no base when the id has only decimal digits, which fit both", async () => {
		const { findFor, log } = await aSearch(["27", "28"]);

		const found = [await findFor(aReceipt({ smscId: "39" }), late), await findFor(aReceipt({ smscId: "40" }))];

		expect([found, log.events]).toEqual([[0, undefined], []]);
	});

	it("is searched by the exact id again when an operator uses several forms", async () => {
		const { findFor } = await aSearch(["ff", "39"]);
		await findFor(aReceipt({ smscId: "255" }), late);
		const receipt = aReceipt({ smscId: "39" });

		const found = [await findFor(receipt), await findFor(receipt, late), await findFor(receipt)];

		expect(found).toEqual([undefined, 1, 1]);
	});

	it("is not searched by what was learned of another operator", async () => {
		const { findFor } = await aSearch(["255", "254"]);
		await findFor(aReceipt({ smscId: "FF" }), late);

		expect(await findFor(aReceipt({ smscId: "FE" }), 0, "tele2")).toBeUndefined();
	});

	it.each([
		["hex", "FF", 0],
		["decimal", "FF", undefined],
		["same", "FF", undefined],
		["same", "255", 0],
		["hex", "zz", 1],
	] as const)("is searched at once in the configured form %s, and in no other: %s", async (rule, smscId, expected) => {
		const { findFor, log } = await aSearch(["255", "zz"], { receiptIds: { kcell: rule } });

		expect(await findFor(aReceipt({ smscId }))).toBe(expected);
		expect(await findFor(aReceipt({ smscId }), 5)).toBe(expected);
		expect(log.events).toEqual([]);
	});

	it("is searched by the exact id only late when another form is configured: until then it is another segment's", async () => {
		const { findFor } = await aSearch(["39"], { receiptIds: { kcell: "decimal" } });

		expect([await findFor(aReceipt({ smscId: "39" })), await findFor(aReceipt({ smscId: "39" }), late)]).toEqual([
			undefined,
			0,
		]);
	});

	it("must have the recipient of the receipt, whatever the form of its id", async () => {
		const { findFor } = await aSearch(["255"]);

		expect(await findFor(aReceipt({ smscId: "FF", recipient: "77019999999" }), late)).toBeUndefined();
	});

	it.each([
		["12119145", "B8EC69", { kcell: "hex" }, []],
		["0012119145", "B8EC69", { kcell: "hex" }, []],
		["B8EC69", "12119145", { kcell: "decimal" }, []],
		["12119145", "B8EC69", {}, ["hex bare"]],
		["B8EC69", "0012119145", {}, ["decimal bare upper"]],
	] as const)(
		"is that of the TLV, at once, if the base makes it of the text: %s of %s",
		async (smscId, textId, receiptIds, learnt) => {
			const inAnotherBase = /^\d+$/.test(smscId) ? String(Number.parseInt(smscId, 16)) : smscId;
			const { findFor } = await aSearch([inAnotherBase, smscId], {
				receiptIds,
				receiptForms: learntForms({ kcell: learnt }),
			});

			expect(await findFor(aReceipt({ smscId, textId }))).toBe(1);
		},
	);

	it("is not another message's whose id is the TLV's in the other base, not even late", async () => {
		const { findFor } = await aSearch(["303141189"], { receiptIds: { kcell: "hex" } });

		expect(await findFor(aReceipt({ smscId: "12119145", textId: "B8EC69" }), late)).toBeUndefined();
		expect(await findFor(aReceipt({ smscId: "12119145", textId: "unrelated" }))).toBe(0);
	});

	it("is found in another form of the id although the addresses are not swapped, late and then at once", async () => {
		const { findFor, message } = await aSearch(["00B8EC69"]);
		const receipt = aReceipt({ smscId: "12119145", recipient: "77270001122", unswapped: message.recipient });

		expect([await findFor(receipt), await findFor(receipt, late), await findFor(receipt)]).toEqual([undefined, 0, 0]);
	});

	it.each(["hex", undefined] as const)(
		"is found with unusual zeros late, and at once when learnt, set to %s",
		async (rule) => {
			const { findFor } = await aSearch(["000012119145"], rule && { receiptIds: { kcell: rule } });
			const receipt = aReceipt({ smscId: "B8EC69" });

			expect([await findFor(receipt), await findFor(receipt, late), await findFor(receipt)]).toEqual([undefined, 0, 0]);
		},
	);
});
