import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { isForAllParts, longReceiptForms, longReceiptRuleOf } from "#shared/domain/receipts/long-receipts.ts";
import { applyReceipts, type ReceiptDeps } from "#shared/usecases/receipts/apply-receipts.ts";
import type { ReceiptBatch } from "#shared/usecases/receipts/receipt-queue.ts";
import { aReceipt, aSentMessage } from "#test/fakes/builders.ts";
import { receiptDepsWith } from "#test/fakes/gateways.ts";
import { learntForms } from "#test/fakes/memory-stores.ts";

async function aGateway(messages: readonly Message[], parts: Pick<ReceiptDeps, "longReceipts"> = {}) {
	const deps = { ...(await receiptDepsWith(messages)), ...parts };
	const apply = async (smscId: string, receipt = {}, batch: Partial<ReceiptBatch> = {}) =>
		await applyReceipts(deps, [
			{ operator: "kcell", receipts: [aReceipt({ smscId, ...receipt })], checks: 0, ...batch },
		]);
	/** A quarter of an hour passes. */
	const checkLoneReceipts = async () => {
		for (const { receiptBatch } of deps.receipts.sent.splice(0)) await applyReceipts(deps, [receiptBatch]);
	};
	const statusOf = ({ messageId }: Message) => deps.messages.rows.get(messageId)?.status;
	return { ...deps, apply, checkLoneReceipts, statusOf };
}

describe("a long message", () => {
	it("with one id for all its parts ends with the first receipt (A33)", async () => {
		const message = aSentMessage(["a", "a", "a"]);
		const { apply, statusOf, reports } = await aGateway([message]);

		await apply("a");
		const first = statusOf(message);
		await apply("a", { state: "UNDELIV" });

		expect([first, statusOf(message), reports.sent.length]).toEqual(["DELIVERED", "DELIVERED", 1]);
	});

	it("ends with its only receipt if that counts the parts (A33)", async () => {
		const message = aSentMessage(["a", "b", "c"]);
		const { apply, statusOf } = await aGateway([message]);

		await apply("a", { segments: 3, state: "UNDELIV", reason: "027" });

		expect(statusOf(message)).toBe("UNDELIVERABLE");
	});

	it.each(["a", "c"])("ends with its only receipt if its operator is set so: that of %s (A33)", async (smscId) => {
		const message = aSentMessage(["a", "b", "c"]);
		const { apply, statusOf } = await aGateway([message], { longReceipts: { kcell: "message" } });

		await apply(smscId);

		expect(statusOf(message)).toBe("DELIVERED");
	});

	it("waits for the receipt of each part if its operator is set so, whatever a receipt counts (A33)", async () => {
		const message = aSentMessage(["a", "b"]);
		const { apply, statusOf, receipts } = await aGateway([message], { longReceipts: { kcell: "part" } });

		await apply("a", { segments: 2 });
		const first = statusOf(message);
		await apply("b");

		expect([first, statusOf(message), receipts.sent]).toEqual(["SENT", "DELIVERED", []]);
	});

	it("does not end before its last part is submitted", async () => {
		const sent = aSentMessage(["a", "b"]);
		const partly: Message = { ...sent, status: "NEW", confirmedAt: null, segments: sent.segments.slice(0, 1) };
		const { apply, statusOf, receipts } = await aGateway([partly], { longReceipts: { kcell: "message" } });

		await apply("a");

		expect(statusOf(partly)).toBe("NEW");
		expect(receipts.sent).toMatchObject([{ receiptBatch: { checks: 1 } }]);
	});
});

describe("the receipts of long messages, where no setting says how many there are", () => {
	const messages = ["a", "b", "c", "d"].map((id) => aSentMessage([`${id}1`, `${id}2`]));

	it("are learnt to be one for each part from the second of a message", async () => {
		const { apply, receipts, receiptForms } = await aGateway(messages);
		await apply("a1");
		await apply("a2");
		receipts.sent.length = 0;

		await apply("b1");

		expect([...(await receiptForms.of("kcell"))]).toEqual([longReceiptForms.part]);
		expect(receipts.sent).toEqual([]);
	});

	it("are learnt to be one for the message from three that stayed alone for a quarter of an hour (A33)", async () => {
		const { apply, checkLoneReceipts, statusOf, receipts, log } = await aGateway(messages);
		for (const id of ["a1", "b1", "c1"]) await apply(id);
		const waits = receipts.sent.map(({ delaySeconds }) => delaySeconds);
		const before = messages.map(statusOf);

		await checkLoneReceipts();
		await checkLoneReceipts();
		await apply("d1");

		expect(waits).toEqual([900, 900, 900]);
		expect(before).toEqual(["SENT", "SENT", "SENT", "SENT"]);
		expect(messages.map(statusOf)).toEqual(["DELIVERED", "DELIVERED", "DELIVERED", "DELIVERED"]);
		expect(log.events.map(({ event }) => event)).toContain("receipt.long_form_learned");
		expect(receipts.sent).toEqual([]);
	});

	it("are not learnt from receipts that were alone only at first", async () => {
		const { apply, checkLoneReceipts, statusOf, receiptForms } = await aGateway(messages);
		await apply("a1");
		await apply("b1");
		await apply("a2");

		await checkLoneReceipts();

		expect([...(await receiptForms.of("kcell"))]).toEqual([longReceiptForms.part]);
		expect(messages.slice(0, 2).map(statusOf)).toEqual(["DELIVERED", "SENT"]);
	});

	it("are not learnt from one that ended all parts, nor from its duplicates (A33)", async () => {
		const long = ["a", "b"].map((id) => aSentMessage([`${id}1`, `${id}2`, `${id}3`]));
		const { apply, statusOf, receiptForms } = await aGateway(long);

		for (const id of ["a1", "a1", "a2", "b3"]) await apply(id, { segments: 3 });

		expect([...(await receiptForms.of("kcell"))]).toEqual([]);
		expect(long.map(statusOf)).toEqual(["DELIVERED", "DELIVERED"]);
	});

	it("are not learnt from one whose id several parts have", async () => {
		const { apply, receiptForms, receipts } = await aGateway([aSentMessage(["a", "a", "b"])]);

		await apply("a");

		expect([...(await receiptForms.of("kcell"))]).toEqual([]);
		expect(receipts.sent).toHaveLength(1);
	});

	it("are not learnt anew from a duplicate, by a process that does not know yet what was learnt", async () => {
		const gateway = await aGateway(messages);
		await gateway.receiptForms.learn("kcell", longReceiptForms.message);
		await gateway.apply("a1");
		const receiptForms = learntForms();

		const receipts = [aReceipt({ smscId: "a1" })];
		await applyReceipts({ ...gateway, receiptForms }, [{ operator: "kcell", receipts, checks: 0 }]);

		expect([...(await receiptForms.of("kcell"))]).toEqual([]);
	});

	it.each([
		["before", ["d2"]],
		["after", ["d1", "d2"]],
	])("are learnt to be one for each part %s one for the message was learnt wrongly", async (_, ids) => {
		const { apply, statusOf, receiptForms } = await aGateway(messages);
		await apply("d1");
		await receiptForms.learn("kcell", longReceiptForms.message);
		for (const smscId of ids) await apply(smscId, { state: "UNDELIV" });
		await apply("b1");
		await apply("b2", { state: "UNDELIV" });

		expect(await receiptForms.of("kcell")).toContain(longReceiptForms.part);
		expect(statusOf(messages[1] as Message)).toBe("UNDELIVERABLE");
	});

	it("are learnt to be one for each part from a receipt that comes after three lone ones", async () => {
		const { apply, checkLoneReceipts, statusOf } = await aGateway(messages);
		for (const id of ["a1", "b1", "c1"]) await apply(id);
		await checkLoneReceipts();
		await checkLoneReceipts();

		await apply("a2", { state: "UNDELIV" });
		await apply("d1");
		await apply("d2", { state: "UNDELIV" });

		expect(statusOf(messages[3] as Message)).toBe("UNDELIVERABLE");
	});

	it("are not lone if another part has a receipt that is not final", async () => {
		const { apply, checkLoneReceipts, receiptForms, receipts } = await aGateway(messages);
		for (const id of ["a", "b", "c"]) {
			await apply(`${id}2`, { state: "ENROUTE" });
			await apply(`${id}1`);
		}

		await checkLoneReceipts();

		expect([...(await receiptForms.of("kcell")), ...receipts.sent]).toEqual([]);
	});

	it("are not learnt from copies", async () => {
		const { apply, receiptForms } = await aGateway([aSentMessage(["a1", "a2"], { retryCount: 1 })]);

		await apply("a1");
		await apply("a2");

		expect([...(await receiptForms.of("kcell"))]).toEqual([]);
	});

	it("are checked for three hours", async () => {
		const { apply, checkLoneReceipts, receipts } = await aGateway(messages);
		await apply("a1");
		let checks = 0;
		for (; receipts.sent.length > 0 && checks < 100; checks += 1) await checkLoneReceipts();

		expect(checks).toBe(12);
	});
});

describe("the rule of long receipts", () => {
	it.each([
		["message", [], "message"],
		["part", [longReceiptForms.message], "part"],
		[undefined, [], undefined],
		[undefined, [longReceiptForms.part, longReceiptForms.message], "part"],
		[undefined, [1, 2].map(longReceiptForms.lone), undefined],
		[undefined, [1, 2, 3].map(longReceiptForms.lone), "message"],
	] as const)("set to %s, with %j learnt, is %s", (set, learnt, rule) => {
		expect(longReceiptRuleOf(set, new Set(learnt))).toBe(rule);
	});

	it("matters for messages of several parts only", () => {
		expect(isForAllParts({ segments: 1 }, 1, "message")).toBe(false);
		expect(isForAllParts({ segments: 2 }, 3, undefined)).toBe(false);
		expect(isForAllParts({}, 3, undefined)).toBe(false);
	});
});
