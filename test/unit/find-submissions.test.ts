import { describe, expect, it, vi } from "vitest";
import type { Operator } from "#shared/domain/operators.ts";
import type { Receipt } from "#shared/domain/receipt.ts";
import type { LearntIds } from "#shared/domain/receipt-ids.ts";
import { type Finding, findSubmissions } from "#shared/usecases/find-submissions.ts";
import { aMessage, aReceipt, aSubmittedSegment } from "#test/fakes/builders.ts";
import { memoryLog, memorySubmissions, stoppedClock } from "#test/fakes/memory-stores.ts";

async function aFinding(smscIds: readonly string[], parts: Partial<Finding> = {}) {
	const submissions = memorySubmissions(stoppedClock());
	const message = aMessage();
	await submissions.put(smscIds.map((smscId, index) => aSubmittedSegment(message, smscId, index)));
	const learntIds: LearntIds = new Map();
	const log = memoryLog();
	const finding: Finding = { submissions, learntIds, log, ...parts };
	const find = vi.spyOn(submissions, "find");
	const asked = () => find.mock.calls.flatMap(([refs]) => refs).length;
	const findFor = async (receipt: Receipt, looks = 0, operator: Operator = "kcell") =>
		(await findSubmissions(finding, [{ operator, receipts: [receipt], looks }])).get(receipt)?.segmentIndex;
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

		expect(await findFor(aReceipt({ smscId }), 1)).toBe(0);

		const told = { operator: "kcell", rule, receipt_id: smscId, submit_id: submitted[0] };
		expect(log.events).toEqual(rule === undefined ? [] : [{ event: "receipt.id_differed", fields: told }]);
	});

	it("is the one with the very id, where another form of it is known too", async () => {
		const { findFor, log } = await aFinding(["16", "10", "a"]);

		expect(await findFor(aReceipt({ smscId: "10" }), 1)).toBe(1);
		expect(log.events).toEqual([]);
	});

	it("is looked up in other forms from the second look on only: most that are not there are early", async () => {
		const { findFor, asked } = await aFinding(["255"]);

		const first = [await findFor(aReceipt({ smscId: "FF" })), asked()];
		const second = await findFor(aReceipt({ smscId: "FF" }), 1);

		expect([first, second]).toEqual([[undefined, 1], 0]);
	});

	it("is looked up at once in the forms that its operator was seen to write, and told once", async () => {
		const { findFor, asked, log, submissions, message } = await aFinding(["255"]);
		await findFor(aReceipt({ smscId: "FF" }), 1);
		await submissions.put([aSubmittedSegment(message, "254", 1)]);
		const before = asked();

		expect(await findFor(aReceipt({ smscId: "FE" }))).toBe(1);

		expect(asked() - before).toBe(2);
		expect(log.events).toHaveLength(1);
	});

	it("learns nothing of one operator from another", async () => {
		const { findFor } = await aFinding(["255", "254"]);
		await findFor(aReceipt({ smscId: "FF" }), 1);

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

	it("counts for its handset alone, in whatever form its id is", async () => {
		const { findFor } = await aFinding(["255"]);

		expect(await findFor(aReceipt({ smscId: "FF", recipient: "77019999999" }), 1)).toBeUndefined();
	});
});
