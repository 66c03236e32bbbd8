import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { type Copies, copyChecks } from "#test/simulation/checks/copies.ts";
import { failureList } from "#test/simulation/checks/failures.ts";
import { type Kernel, openKernel } from "#test/simulation/kernel/kernel.ts";
import type { ReceivedSubmit } from "#test/simulation/world/received-submit.ts";

const recipient = "77010000001";
type Step = (parts: { kernel: Kernel; copies: Copies; row: { status: string }; submit: () => ReceivedSubmit }) => void;

/** The failures of a history with one message and one SMPP task with one bind, where these steps run at these seconds. */
function failuresOf(steps: Readonly<Record<number, Step>>): readonly string[] {
	const kernel = openKernel({ seed: 1, startAt: 0, isTraced: false });
	const failures = failureList(kernel);
	const row = { messageId: 1, recipient, status: "NEW", segments: [] as string[], expiresAt: 1e9 };
	const mirror = {
		row: () => row as unknown as Message,
		rows: () => [],
		idsTo: () => [1],
		idOfClient: () => 1,
		lose: () => undefined,
		changed: () => ({ before: undefined, after: undefined }),
	};
	const operators = [{ operator: "kcell", binds: 1, window: 1, tps: 4, receiptIds: "same" }] as const;
	const copies = copyChecks({ kernel, mirror, failures, operators });
	const task = kernel.start({ name: "smpp/1", role: "smpp", address: "10.0.0.1" });
	const submit = (): ReceivedSubmit => {
		const where = { operator: "kcell", recipient, segment: 1, segments: 1, from: task.address } as const;
		const answer = { commandStatus: 0, smscId: "1", answeredAt: undefined, fellAt: undefined };
		const one = { ...where, ...answer, at: kernel.now, isDelivered: true, receiptConfirmedAt: undefined };
		copies.submitted(one);
		return one;
	};
	for (const [second, step] of Object.entries(steps))
		kernel.at(Number(second) * 1_000, undefined, () => step({ kernel, copies, row, submit }));
	kernel.run(() => false, 100);
	return failures.all.map(({ text }) => text.slice(text.indexOf(": ") + 2));
}

const submits: Step = ({ submit }) => void submit();
const submitsAnswered: Step = ({ kernel, submit }) => {
	submit().answeredAt = kernel.now;
};
const records: Step = ({ copies, row }) => {
	row.status = "SENT";
	copies.recorded(recipient);
};
const dies: Step = ({ kernel }) => {
	for (const onInterrupted of kernel.onInterrupted)
		onInterrupted(kernel.start({ name: "smpp/1", role: "smpp", address: "10.0.0.1" }), "died");
};

describe("the simulator's check of copies", () => {
	it("needs a cause for each copy", () => {
		expect(failuresOf({ 1: submitsAnswered, 2: submits })).toEqual(["this copy has no cause"]);
	});

	it("allows a repeat after half a minute without a response, and no sooner", () => {
		expect(failuresOf({ 1: submits, 31: submits })).toEqual([]);
		expect(failuresOf({ 1: submits, 30: submits })).toHaveLength(1);
	});

	it("allows one repeat of a submit that a task had not recorded when it died", () => {
		expect(failuresOf({ 1: submitsAnswered, 2: dies, 9: submitsAnswered })).toEqual([]);
		expect(failuresOf({ 1: submitsAnswered, 2: records, 3: dies, 9: submits })).toHaveLength(2);
	});

	it("allows no repeat of a recorded submit, whatever its response", () => {
		expect(failuresOf({ 1: submits, 40: records, 50: submits })).toEqual(["its first submit was already recorded"]);
	});

	it("allows four submits of a segment", () => {
		const four = { 1: submits, 40: submits, 80: submits, 120: submits };

		expect(failuresOf(four)).toEqual([]);
		expect(failuresOf({ ...four, 160: submits })).toEqual(["it was already submitted as often as allowed"]);
	});
});
