import { describe, expect, it } from "vitest";
import { messageBody } from "#shared/contracts/message-body.ts";
import { refusalFrom } from "#shared/contracts/refusal-from.ts";
import type { MessageRequest } from "#shared/domain/accept/message-request.ts";

const example = { client_message_id: "236234857", sender: "SMSGW", recipient: "77010000000", message_text: "тест" };

const requestOf = (fields: Readonly<Record<string, unknown>>): MessageRequest =>
	messageBody.parse({ ...example, ...fields });

function refusalOf(body: unknown) {
	const parsed = messageBody.safeParse(body);
	if (parsed.success) throw new Error("it was not refused");
	return refusalFrom(parsed.error);
}

describe("a message's body", () => {
	it("accepts the document's example, with its defaults (R18, R21)", () => {
		expect(messageBody.parse(example)).toEqual({
			clientMessageId: "236234857",
			recipient: "77010000000",
			text: "тест",
			sender: "SMSGW",
			priority: 0,
			flash: false,
			timeBounds: null,
			expiresAt: null,
			schedule: null,
			part: null,
			reportPreference: "always",
			smpp: null,
		});
	});

	it("accepts every field of the document", () => {
		const request = requestOf({
			priority: 2,
			expire_date: "2014-12-24 16:33:05",
			time_bounds: "wd99",
			flash: true,
			schedule: " 2014-12-24 09:00:00 ",
		});

		expect(request).toMatchObject({
			priority: 2,
			expiresAt: Date.parse("2014-12-24T10:33:05Z"),
			timeBounds: "wd99",
			flash: true,
			schedule: Date.parse("2014-12-24T03:00:00Z"),
		});
	});

	it("accepts numbers as ids (A1, A29)", () => {
		const request = requestOf({ client_message_id: 236_234_857, recipient: 77_010_000_000 });

		expect(request).toMatchObject({ clientMessageId: "236234857", recipient: "77010000000" });
	});

	it("accepts a recipient of ten digits, as in the document's second example (A1)", () => {
		expect(requestOf({ recipient: "7701000000" }).recipient).toBe("77701000000");
		expect(requestOf({ recipient: 7_701_000_000 }).recipient).toBe("77701000000");
	});

	it("treats null as a missing field", () => {
		const request = requestOf({ priority: null, expire_date: null, time_bounds: null, flash: null, schedule: null });

		expect(request).toEqual(messageBody.parse(example));
	});

	it.each([
		["2", 2],
		[" 3", 3],
		["x", 0],
		[9, 0],
		[-1, 0],
		[{}, 0],
		[[3], 0],
		[false, 0],
	])("reads a numeric string as a priority, and anything else as 0: %j (R18, A32)", (priority, expected) => {
		expect(requestOf({ priority }).priority).toBe(expected);
	});

	it.each([
		[true, true],
		["true", true],
		["TRUE", true],
		[1, true],
		["1", true],
		[0, false],
		["0", false],
		["false", false],
		[false, false],
	])("accepts %j for flash, as a string too (R21, A27)", (flash, expected) => {
		expect(requestOf({ flash }).flash).toBe(expected);
	});

	it("ignores unknown fields (A44)", () => {
		expect(requestOf({ callback: "x", "": 1, messages: [] })).toEqual(messageBody.parse(example));
	});

	it("accepts an id of 64 characters, and a text of 1,500 (R14, A30)", () => {
		const request = requestOf({ client_message_id: "i".repeat(64), message_text: "ж".repeat(1_500) });

		expect([request.clientMessageId.length, request.text.length]).toEqual([64, 1_500]);
	});

	it("keeps a text as it is, with its outer spaces", () => {
		expect(requestOf({ message_text: " тест \n" }).text).toBe(" тест \n");
	});

	it.each([
		["client_message_id", "a\ud83d", "12"],
		["client_message_id", "\ude00b", "12"],
		["client_message_id", "\ude00\ud83d", "12"],
		["message_text", "\ud83d", "1"],
		["message_text", "тест \ude00", "1"],
	])("is refused for a %s with half a surrogate pair: %j (A45)", (field, value, code) => {
		expect(refusalOf({ ...example, [field]: value })).toMatchObject({
			code,
			field,
			message: expect.stringContaining("has half a surrogate pair"),
		});
	});

	it("accepts U+FFFD and whole surrogate pairs", () => {
		const request = requestOf({ message_text: "a\ufffd😀", client_message_id: "\ufffdb😀" });

		expect(request).toMatchObject({ text: "a\ufffd😀", clientMessageId: "\ufffdb😀" });
	});

	it.each([
		["client_message_id", undefined, "12"],
		["client_message_id", null, "12"],
		["client_message_id", "", "12"],
		["client_message_id", "i".repeat(65), "12"],
		["client_message_id", true, "12"],
		["client_message_id", {}, "12"],
		["client_message_id", Number("1e400"), "12"],
		["recipient", undefined, "11"],
		["recipient", null, "11"],
		["recipient", "", "11"],
		["recipient", "123", "11"],
		["recipient", 7.5, "11"],
		["recipient", -77_010_000_000, "11"],
		["recipient", "-77010000000", "11"],
		["recipient", "+7 701 000 000", "11"],
		["recipient", ["77010000000"], "11"],
		["message_text", undefined, "1"],
		["message_text", null, "1"],
		["message_text", "", "1"],
		["message_text", "x".repeat(1_501), "1"],
		["message_text", 5, "1"],
		["sender", undefined, "10"],
		["sender", null, "10"],
		["sender", "", "10"],
		["sender", {}, "10"],
		["sender", "S".repeat(22), "10"],
		["expire_date", "2026-02-30 10:00:00", "98"],
		["expire_date", "tomorrow", "98"],
		["expire_date", "", "98"],
		["expire_date", 1_419_402_785, "98"],
		["time_bounds", "always", "25"],
		["time_bounds", "DEF", "25"],
		["time_bounds", "", "25"],
		["time_bounds", 1, "25"],
		["time_bounds", "constructor", "25"],
		["schedule", "2026-11-23T11:00:00", "97"],
		["schedule", 0, "97"],
		["flash", "maybe", null],
		["flash", 2, null],
	])("is refused for a %s of %j with code %s (A1, A11, A17, A29, A30)", (field, value, code) => {
		const refusal = refusalOf({ ...example, [field]: value });

		expect(refusal).toMatchObject({ code, field });
		expect(refusal.message).toMatch(new RegExp(`^(${field} .+|Invalid recipient)`));
	});

	it("names a missing field", () => {
		const { sender: _, ...withoutSender } = example;

		expect(refusalOf(withoutSender).message).toBe("sender is missing: must be one of your senders' names");
	});

	it("is refused for its first fault", () => {
		expect(refusalOf({ ...example, recipient: "1", message_text: "" }).field).toBe("recipient");
	});

	it.each([null, [], [example], "text", 7, true])("is refused when it is not an object: %j", (body) => {
		const refusal = refusalOf(body);

		expect(refusal).toMatchObject({ code: null, field: null, message: "The request body must be a JSON object" });
	});
});
