import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { applyReceipts } from "#shared/usecases/receipts/apply-receipts.ts";
import type { ReceiptBatch } from "#shared/usecases/receipts/receipt-queue.ts";
import { aMessage, aReceipt, mondayAtEleven } from "#test/fakes/builders.ts";
import { receiptDeps } from "#test/fakes/gateways.ts";

const aLateCheck = 7;
const once = { repeated: { segmentIndex: 0, times: 1 }, revision: 3 } as const;
const taken = { smscId: "second", status: "SENT", statusAt: 0, errorCode: null } as const;

async function someDeps(...messages: readonly Message[]) {
	const deps = receiptDeps({ now: () => mondayAtEleven });
	await deps.messages.insert(messages);
	await deps.submissions.putUnanswered(
		messages.map(({ messageId, recipient }) => ({ operator: "kcell", recipient, messageId, keepUntil: Infinity })),
	);
	return deps;
}

const aReceiptBatch = (state: string, checks = aLateCheck): ReceiptBatch => ({
	operator: "kcell",
	receipts: [aReceipt({ smscId: "unknown", state, receivedAt: mondayAtEleven + 60_000 })],
	checks,
	redelivered: false,
});

describe("a receipt with an id of no submission", () => {
	it("ends the only message to its recipient that waits for a receipt (A51)", async () => {
		const message = aMessage({ ...once, holder: "watch" });
		const deps = await someDeps(message);

		await applyReceipts(deps, [aReceiptBatch("DELIVRD")]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "DELIVERED", errorCode: null });
		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});

	it("with DELIVERED replaces the final status of another copy (A35, A51)", async () => {
		const failed = { ...taken, status: "UNDELIVERABLE", errorCode: "27" } as const;
		const end = { status: "UNDELIVERABLE", errorCode: "27", reportBatchId: "first", confirmedAt: 1 } as const;
		const message = aMessage({ ...once, ...end, segments: [failed] });
		const deps = await someDeps(message);

		await applyReceipts(deps, [aReceiptBatch("DELIVRD")]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "DELIVERED" });
		expect(deps.reports.sent).toHaveLength(1);
	});

	it("does not replace a DELIVERED", async () => {
		const message = aMessage({
			...{ ...once, status: "DELIVERED", confirmedAt: 1 },
			segments: [{ ...taken, status: "DELIVERED" }],
		});
		const deps = await someDeps(message);

		await applyReceipts(deps, [aReceiptBatch("UNDELIV")]);

		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it.each<[string, readonly Message[]]>([
		["two messages to its recipient match", [aMessage({ ...once, holder: "watch" }), aMessage(once)]],
		["no message was submitted more than once", [aMessage({ revision: 3 })]],
		["it is older than the message", [aMessage({ ...once, acceptedAt: mondayAtEleven + 120_000 })]],
		["the message was withdrawn", [aMessage({ ...once, status: "DELETED", schedule: 1, scheduleState: null })]],
		["the message has several segments", [aMessage({ ...once, holder: "watch", segmentCount: 2 })]],
	])("is checked again when %s, and changes nothing", async (_, messages) => {
		const deps = await someDeps(...messages);

		await applyReceipts(deps, [aReceiptBatch("DELIVRD")]);

		expect([...deps.messages.rows.values()]).toEqual(messages);
		expect(deps.receipts.sent).toHaveLength(1);
	});

	it("is checked again while its submission may still be recorded", async () => {
		const message = aMessage({ ...once, holder: "watch" });
		const deps = await someDeps(message);

		await applyReceipts(deps, [aReceiptBatch("DELIVRD", aLateCheck - 1)]);

		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
		expect(deps.receipts.sent).toHaveLength(1);
	});
});
