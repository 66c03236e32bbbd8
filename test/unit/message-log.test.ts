import { expect, it } from "vitest";
import { logAccepted, logChanges } from "#shared/usecases/message/message-log.ts";
import { aMessage, aSentMessage } from "#test/fakes/builders.ts";

type Line = readonly [event: string, fields: unknown];

function aLog() {
	const lines: Line[] = [];
	return { lines, info: (event: string, fields?: unknown) => void lines.push([event, fields]) };
}

const segment = (smscId: string) => ({ smscId, status: "SENT" as const, statusAt: 1, errorCode: null });

it("accepted messages are logged in a line for each account and operator", () => {
	const log = aLog();

	logAccepted(log, [
		aMessage({ messageId: 1, userName: "acme" }),
		aMessage({ messageId: 2, userName: "acme", operator: "tele2" }),
		aMessage({ messageId: 3, userName: "other" }),
		aMessage({ messageId: 4, userName: "acme" }),
	]);

	expect(log.lines).toEqual([
		["messages.accepted", { user_name: "acme", operator: "kcell", messages: 2, message_ids: [1, 4] }],
		["messages.accepted", { user_name: "acme", operator: "tele2", messages: 1, message_ids: [2] }],
		["messages.accepted", { user_name: "other", operator: "kcell", messages: 1, message_ids: [3] }],
	]);
});

it("submitted messages are logged with their operator, status and the ids of the SMSC", () => {
	const log = aLog();
	const sent = { status: "SENT" as const, sentAt: 5, confirmedAt: 5 };

	logChanges(log, [
		{ message: aMessage({ messageId: 1 }), change: { ...sent, segments: [segment("a")] } },
		{ message: aMessage({ messageId: 2 }), change: { ...sent, segments: [segment("b"), segment("c")] } },
		{ message: aMessage({ messageId: 3, operator: null }), change: { sentAt: 5, segments: [segment("d")] } },
	]);

	expect(log.lines).toEqual([
		[
			"messages.submitted",
			{ operator: "kcell", status: "SENT", messages: 2, message_ids: [1, 2], smsc_ids: [["a"], ["b", "c"]] },
		],
		["messages.submitted", { status: "NEW", messages: 1, message_ids: [3], smsc_ids: [["d"]] }],
	]);
});

it("segments that are submitted later are logged too, and a receipt is no submit", () => {
	const log = aLog();
	const partly = aMessage({ messageId: 1, sentAt: 5, segments: [segment("a")] });
	const ended = aSentMessage(["x"], { messageId: 2 });

	logChanges(log, [
		{ message: partly, change: { status: "SENT", segments: [segment("a"), segment("b")] } },
		{ message: ended, change: { status: "DELIVERED", segments: [{ ...segment("x"), status: "DELIVERED" }] } },
	]);

	expect(log.lines).toEqual([
		[
			"messages.submitted",
			{ operator: "kcell", status: "SENT", messages: 1, message_ids: [1], smsc_ids: [["a", "b"]] },
		],
		["messages.ended", { operator: "kcell", status: "DELIVERED", messages: 1, message_ids: [2] }],
	]);
});

it("a submit that its SMSC refused is none: another event logs it", () => {
	const log = aLog();
	const rejected = { status: "REJECTED" as const, errorCode: "11", sentAt: 5 };

	logChanges(log, [
		{ message: aMessage({ messageId: 1 }), change: { sentAt: 5, refused: { code: "8", times: 1 } } },
		{ message: aMessage({ messageId: 2 }), change: rejected },
	]);

	expect(log.lines).toEqual([
		["messages.ended", { operator: "kcell", status: "REJECTED", error_code: "11", messages: 1, message_ids: [2] }],
	]);
});

it("messages that ended are logged in a line for each operator, status and code", () => {
	const log = aLog();
	const failed = { status: "FAILED" as const, errorCode: "12" };

	logChanges(log, [
		{ message: aSentMessage(["a"], { messageId: 1 }), change: failed },
		{ message: aSentMessage(["b"], { messageId: 2 }), change: { ...failed, errorCode: "13" } },
		{ message: aSentMessage(["c"], { messageId: 3 }), change: failed },
		{ message: aSentMessage(["d"], { messageId: 4 }), change: { status: "EN_ROUTE" } },
	]);

	expect(log.lines).toEqual([
		["messages.ended", { operator: "kcell", status: "FAILED", error_code: "12", messages: 2, message_ids: [1, 3] }],
		["messages.ended", { operator: "kcell", status: "FAILED", error_code: "13", messages: 1, message_ids: [2] }],
	]);
});
