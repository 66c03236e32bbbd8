import { describe, expect, it } from "vitest";
import { cursorAt, placeInCursor } from "#shared/domain/search/cursor.ts";
import {
	accessPathOf,
	anyMessage,
	hasFilter,
	isWanted,
	type MessageCriteria,
} from "#shared/domain/search/message-criteria.ts";
import { aSentMessage } from "#test/fakes/builders.ts";

const criteria = (given: Partial<MessageCriteria>): MessageCriteria => ({ ...anyMessage, ...given });

describe("the access path of a search", () => {
	it.each([
		[{ messageId: 1, clientMessageId: "a", recipient: "77010000000" }, "message"],
		[{ userName: "demo", clientMessageId: "a", batchId: 2, recipient: "77010000000" }, "client_message"],
		[{ smscId: "a1", batchId: 2, recipient: "77010000000" }, "smsc"],
		[{ batchId: 2, recipient: "77010000000" }, "batch"],
		[{ recipient: "77010000000", sender: "SMSGW" }, "recipient"],
	])("leads to the fewest messages: %j by %s", (given, kind) => {
		expect(accessPathOf(criteria(given))?.kind).toBe(kind);
	});

	it.each([
		{},
		{ userName: "demo", sender: "SMSGW", status: "FAILED" as const, from: 1, to: 2 },
		{ clientMessageId: "a" },
	])("does not exist if all messages would have to be read: %j", (given) => {
		expect(accessPathOf(criteria(given))).toBeNull();
	});
});

describe("a message", () => {
	const message = aSentMessage(["a1", "a2"], { batchId: 4, operator: "kcell" });
	const own: MessageCriteria = {
		...{ userName: message.userName, messageId: message.messageId, clientMessageId: message.clientMessageId },
		...{ batchId: 4, smscId: "a2", operator: "kcell", recipient: message.recipient, sender: message.sender },
		...{ status: message.status, from: message.acceptedAt, to: message.acceptedAt },
	};

	it("is wanted if it meets every criterion", () => {
		expect(isWanted(own, message)).toBe(true);
		expect(isWanted(anyMessage, message)).toBe(true);
	});

	it.each<Partial<MessageCriteria>>([
		{ userName: "another" },
		{ messageId: 1 },
		{ clientMessageId: "another" },
		{ batchId: 5 },
		{ smscId: "a3" },
		{ operator: "tele2" },
		{ recipient: "77010000009" },
		{ sender: "OTHER" },
		{ status: "FAILED" },
		{ from: message.acceptedAt + 1, to: null },
		{ from: null, to: message.acceptedAt - 1 },
	])("is not wanted if one criterion is another: %j", (other) => {
		expect(isWanted({ ...own, ...other }, message)).toBe(false);
	});

	it("is filtered by its row, unless number, account and time are all that is asked for", () => {
		const { recipient } = message;

		expect(hasFilter(criteria({ userName: "demo", recipient, from: 1, to: 2 }), "recipient")).toBe(false);
		expect(hasFilter(criteria({ recipient, status: "NEW" }), "recipient")).toBe(true);
		expect(hasFilter(criteria({ recipient, sender: "SMSGW" }), "recipient")).toBe(true);
		expect(hasFilter(criteria({ userName: "demo", batchId: 4 }), "batch")).toBe(false);
		expect(hasFilter(criteria({ batchId: 4, from: 1 }), "batch")).toBe(true);
	});
});

describe("a cursor", () => {
	const place = "0".repeat(20);
	const cursor = cursorAt("key", criteria({ recipient: "77010000000" }), place);

	it("gives back its place for the same criteria", () => {
		expect(placeInCursor("key", criteria({ recipient: "77010000000" }), cursor)).toBe(place);
	});

	it("is refused for other criteria, with another key, and if it was altered", () => {
		const wanted = criteria({ recipient: "77010000000" });

		expect(placeInCursor("key", criteria({ recipient: "77010000001" }), cursor)).toBeNull();
		expect(placeInCursor("other", wanted, cursor)).toBeNull();
		for (const index of cursor.split("").keys()) {
			const other = cursor[index] === "x" ? "y" : "x";
			expect(placeInCursor("key", wanted, `${cursor.slice(0, index)}${other}${cursor.slice(index + 1)}`)).toBeNull();
		}
		for (const text of ["", "x", place, `${cursor}0`, cursor.slice(1)]) {
			expect(placeInCursor("key", wanted, text)).toBeNull();
		}
	});
});
