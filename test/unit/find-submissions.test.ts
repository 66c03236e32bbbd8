import { describe, expect, it, vi } from "vitest";
import type { Operator } from "#shared/domain/message/operators.ts";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import { checkDelaysSeconds } from "#shared/domain/receipts/receipt-checks.ts";
import type { LearnedIdFormats } from "#shared/domain/receipts/receipt-ids.ts";
import { type FindSubmissionsDeps, findSubmissions } from "#shared/usecases/receipts/find-submissions.ts";
import { aMessage, aReceipt, aSubmittedSegment } from "#test/fakes/builders.ts";
import { memoryLog, memorySubmissions, stoppedClock } from "#test/fakes/memory-stores.ts";

/** The first look that comes two minutes after the first. */
const late = checkDelaysSeconds.findIndex(
	(_, checks) => checkDelaysSeconds.slice(0, checks).reduce((sum, one) => sum + one, 0) >= 120,
);

async function aFinding(smscIds: readonly string[], parts: Partial<FindSubmissionsDeps> = {}) {
	const submissions = memorySubmissions(stoppedClock());
	const message = aMessage();
	await submissions.put(smscIds.map((smscId, index) => aSubmittedSegment(message, smscId, index)));
	const learnedIdFormats: LearnedIdFormats = new Map();
	const log = memoryLog();
	const finding: FindSubmissionsDeps = { submissions, learnedIdFormats, log, ...parts };
	const find = vi.spyOn(submissions, "find");
	const asked = () => find.mock.calls.flatMap(([refs]) => refs).length;
	const findFor = async (receipt: Receipt, checks = 0, operator: Operator = "kcell") =>
		(await findSubmissions(finding, [{ operator, receipts: [receipt], checks }])).get(receipt)?.segmentIndex;
	return { submissions, log, message, findFor, asked };
}

describe("the submission of a receipt", () => {
	it.each([
		["as it came", "255", ["255"], undefined],
		["in hex where the response had decimal", "FF", ["255"], "hex"],
		["in decimal where the response had hex", "255", ["ff"], "decimal"],
		["in decimal where the response had hex of eight digits", "255", ["000000FF"], "decimal"],
		["with leading zeros where the response had none", "0000000255", ["255"], "zeros"],
		["without the response's leading zeros", "255", ["0000000255"], "zeros"],
		["in another case", "smsc2001", ["SMSC2001"], "case"],
	])("is found by an id %s, and what differs is told", async (_, smscId, submitted, rule) => {
		const { findFor, log } = await aFinding(submitted);

		expect(await findFor(aReceipt({ smscId }), late)).toBe(0);

		const told = { operator: "kcell", rule, receipt_id: smscId, submit_id: submitted[0] };
		expect(log.events).toEqual(rule === undefined ? [] : [{ event: "receipt.id_format_learned", fields: told }]);
	});

	it("is the one with the very id, where another form of it is known too", async () => {
		const { findFor, log } = await aFinding(["16", "10", "a"]);

		for (const checks of [0, 1, late]) expect(await findFor(aReceipt({ smscId: "10" }), checks)).toBe(1);
		expect(log.events).toEqual([]);
	});

	it("is looked up in other forms two minutes late only: until then it may be early", async () => {
		const { findFor, asked } = await aFinding(["255"]);

		const early: unknown[] = [];
		for (let checks = 0; checks < late; checks += 1) early.push(await findFor(aReceipt({ smscId: "FF" }), checks));
		const askedEarly = asked();

		expect([early.filter((one) => one !== undefined), askedEarly]).toEqual([[], late]);
		expect(await findFor(aReceipt({ smscId: "FF" }), late)).toBe(0);
	});

	it.each([[[]], [["zeros", "case"]], [["same"]], [["decimal", "same"]]] as const)(
		"is never that of another segment whose id is another form of its own, as long as its own may come: %j learnt",
		async (learnt) => {
			for (let comesAt = 0; comesAt <= late; comesAt += 1) {
				const learnedIdFormats: LearnedIdFormats = new Map([["kcell", new Set(learnt)]]);
				const { findFor, submissions, message } = await aFinding(["27"], { learnedIdFormats });
				const receipt = aReceipt({ smscId: "39" });
				const own = aSubmittedSegment(message, "39", 1);

				for (let checks = 0; checks < comesAt; checks += 1) expect(await findFor(receipt, checks)).toBeUndefined();
				await submissions.put([own]);

				expect(await findFor(receipt, comesAt)).toBe(1);
			}
		},
	);

	it("is not one that was submitted after the receipt came, where only another form of the id fits", async () => {
		const { findFor, message, submissions } = await aFinding([]);
		const receipt = aReceipt({ smscId: "39" });
		await submissions.put([{ ...aSubmittedSegment(message, "27"), submittedAt: receipt.receivedAt + 5_001 }]);
		const after = await findFor(receipt, late);
		await submissions.put([{ ...aSubmittedSegment(message, "27"), submittedAt: receipt.receivedAt - 1 }]);

		expect([after, await findFor(receipt, late)]).toEqual([undefined, 0]);
	});

	it("is none where other forms of its id lead to different segments", async () => {
		const { findFor, log } = await aFinding(["57", "27"]);

		expect(await findFor(aReceipt({ smscId: "39" }), late)).toBeUndefined();
		expect(log.events).toEqual([]);
	});

	it("is looked up at once in the form that its operator was seen to write, and told once", async () => {
		const { findFor, asked, log, submissions, message } = await aFinding(["255"]);
		await findFor(aReceipt({ smscId: "FF" }), late);
		await submissions.put([aSubmittedSegment(message, "254", 1)]);
		const before = asked();

		expect(await findFor(aReceipt({ smscId: "FE" }))).toBe(1);

		expect(asked() - before).toBe(1);
		expect(log.events).toHaveLength(1);
	});

	it("is read in the base that was learnt, though another segment has the very id", async () => {
		const { findFor } = await aFinding(["ff", "39", "27"]);
		await findFor(aReceipt({ smscId: "255" }), late);

		expect(await findFor(aReceipt({ smscId: "39" }))).toBe(2);
	});

	it("teaches nothing by digits alone, which may be in either base", async () => {
		const { findFor, log } = await aFinding(["27", "28"]);

		const found = [await findFor(aReceipt({ smscId: "39" }), late), await findFor(aReceipt({ smscId: "40" }))];

		expect([found, log.events]).toEqual([[0, undefined], []]);
	});

	it("is looked up as it came again where an operator has several ways", async () => {
		const { findFor } = await aFinding(["ff", "39"]);
		await findFor(aReceipt({ smscId: "255" }), late);
		const receipt = aReceipt({ smscId: "39" });

		const found = [await findFor(receipt), await findFor(receipt, late), await findFor(receipt)];

		expect(found).toEqual([undefined, 1, 1]);
	});

	it("learns nothing of one operator from another", async () => {
		const { findFor } = await aFinding(["255", "254"]);
		await findFor(aReceipt({ smscId: "FF" }), late);

		expect(await findFor(aReceipt({ smscId: "FE" }), 0, "tele2")).toBeUndefined();
	});

	it.each([
		["hex", "FF", 0],
		["decimal", "FF", undefined],
		["same", "FF", undefined],
		["same", "255", 0],
		["hex", "zz", 1],
	] as const)("is looked up at once as %s where that is set, and not otherwise: %s", async (rule, smscId, expected) => {
		const { findFor, log } = await aFinding(["255", "zz"], { receiptIds: { kcell: rule } });

		expect(await findFor(aReceipt({ smscId }))).toBe(expected);
		expect(await findFor(aReceipt({ smscId }), 5)).toBe(expected);
		expect(log.events).toEqual([]);
	});

	it("is looked up as it came late only where another form is set: that is another segment's till then", async () => {
		const { findFor } = await aFinding(["39"], { receiptIds: { kcell: "decimal" } });

		expect([await findFor(aReceipt({ smscId: "39" })), await findFor(aReceipt({ smscId: "39" }), late)]).toEqual([
			undefined,
			0,
		]);
	});

	it("counts for its handset alone, in whatever form its id is", async () => {
		const { findFor } = await aFinding(["255"]);

		expect(await findFor(aReceipt({ smscId: "FF", recipient: "77019999999" }), late)).toBeUndefined();
	});
});
