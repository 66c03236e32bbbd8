import { describe, expect, it } from "vitest";
import { isReceiptText, type ReceiptParts, readReceipt, statusUpdateOf } from "#shared/domain/receipts/receipt.ts";
import { aReceipt } from "#test/fakes/builders.ts";

const parts = (text: string, tlvs: Partial<ReceiptParts> = {}): ReceiptParts => ({
	text,
	smscId: null,
	state: null,
	networkError: null,
	...tlvs,
});
const usual =
	"id:0123456789 sub:001 dlvrd:001 submit date:2611231100 done date:2611231101 stat:DELIVRD err:000 text:Your code";

describe("a receipt", () => {
	it.each([
		["as in appendix B", usual, { smscId: "0123456789", state: "DELIVRD", reason: "000" }],
		["in capitals", usual.toUpperCase(), { smscId: "0123456789", state: "DELIVRD", reason: "000" }],
		["in small letters", "id:9 stat:undeliv err:00b", { smscId: "9", state: "UNDELIV", reason: "00b" }],
		["without sub, dlvrd and text", "id:9 stat:EXPIRED err:011", { smscId: "9", state: "EXPIRED", reason: "011" }],
		["of an id alone", "id:9", { smscId: "9", state: "", reason: "" }],
		["with seconds in its dates", "id:9 done date:20261123110105 stat:REJECTD", { state: "REJECTD" }],
		["with an id in hex", "id:00A3fF stat:DELIVRD", { smscId: "00A3fF" }],
		["with letters in its id", "id:Smsc2001 stat:DELIVRD", { smscId: "Smsc2001" }],
		["with an id of 64 characters", `id:${"f".repeat(64)} stat:DELIVRD`, { smscId: "f".repeat(64) }],
		["with a UUID for an id", "id:7b0e0c2e-6f5d-4a5f-b6a4-0a1c9f5e2d11 stat:DELIVRD", { smscId: /-/ }],
		["with spaces after the colons", "id: 9 stat: DELIVRD err: 000", { smscId: "9", state: "DELIVRD", reason: "000" }],
		["with an id in Base64", "id:dGVzdA== sub:001 stat:DELIVRD", { smscId: "dGVzdA==", state: "DELIVRD" }],
		["with a colon in its id", "id:smsc:123 sub:001 stat:DELIVRD", { smscId: "smsc:123", state: "DELIVRD" }],
		["with an equals sign in its id", "id:abc=1 stat:DELIVRD", { smscId: "abc=1", state: "DELIVRD" }],
		["over several lines", "id:9\r\nstat:DELIVRD\r\nerr:000\r\n", { smscId: "9", state: "DELIVRD", reason: "000" }],
		["without a space before its text", "id:9 stat:DELIVRD err:000 Text:", { smscId: "9", reason: "000" }],
	])("is read %s", (_, text, expected) => {
		const read = readReceipt(parts(text));

		const { smscId, ...rest } = expected as { smscId?: string | RegExp };
		expect(read).toMatchObject(rest);
		if (smscId !== undefined) expect(read?.smscId).toMatch(smscId);
	});

	it("does not read the subscriber's text, even if it has ids and states", () => {
		const read = readReceipt(parts("id:1 stat:DELIVRD err:000 text:id:2 stat:UNDELIV\nerr:011"));

		expect(read).toEqual({ smscId: "1", state: "DELIVRD", reason: "000" });
	});

	it("takes no missing field from the subscriber's text", () => {
		expect(readReceipt(parts("text:id:2 stat:DELIVRD"))).toBeNull();
		expect(readReceipt(parts("id:1 text:stat:DELIVRD err:011"))).toEqual({ smscId: "1", state: "", reason: "" });
	});

	it("does not take the next field's name as an empty field's value", () => {
		expect(readReceipt(parts("id: sub:001 stat:DELIVRD"))).toBeNull();
		for (const next of ["submit_date:1", "submit date:1", "stat:DELIVRD", "status:DELIVRD", "error:1", "text:x"]) {
			expect(readReceipt(parts(`id: ${next}`))).toBeNull();
		}
		expect(readReceipt(parts("id:1 stat: err:011"))).toEqual({ smscId: "1", state: "", reason: "011" });
		expect(readReceipt(parts("id:1 stat:DELIVRD err: text:"))).toEqual({ smscId: "1", state: "DELIVRD", reason: "" });
	});

	it("does not take the end of another word for a field", () => {
		expect(readReceipt(parts("valid:5 stat:DELIVRD"))).toBeNull();
	});

	it.each(["", " ", "hello", "sub:001 stat:DELIVRD"])("is null when it names no message: %j", (text) => {
		expect(readReceipt(parts(text))).toBeNull();
	});

	it.each([
		["spaces", `id:${" ".repeat(60_000)}`],
		["spaces between fields", `id ${"id    ".repeat(10_000)}`],
		["letters", `id:${"a".repeat(60_000)}`],
		["names of fields", "text stat id err sub dlvrd ".repeat(2_500)],
		["words of a state", `stat:${"word ".repeat(12_000)}`],
		["states", "stat:DELIVERY FAILED ".repeat(3_000)],
		["quotes", `id:${'"'.repeat(60_000)} stat:'`],
	])("is read in a moment however many %s it has", (_, text) => {
		const startedAt = performance.now();

		for (const read of [() => readReceipt(parts(text)), () => isReceiptText(text)]) expect(read).not.toThrow();

		expect(performance.now() - startedAt).toBeLessThan(1_000);
	});

	it.each([
		["id:1 sub:001 dlvrd:001 submit date:2611231100 done date:2611231101 stat:DELIVRD err:000 text:", true],
		["ID:1 done date:2611231101 STAT:UNDELIV", true],
		["id:1 stat:DELIVRD", false],
		["id:abc1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:", true],
		["id:abc1 submit_date:2611231100 done_date:2611231101 stat:DELIVRD", true],
		["id:abc1 submitdate:2611231100 donedate:2611231101 stat:DELIVRD", true],
		["id=abc1;done-date=2611231101;stat=DELIVRD", true],
		['{"id":"abc1","sub":"001","dlvrd":"001","stat":"DELIVRD"}', true],
		["message_id:abc1 done date:2611231101 stat:DELIVRD", true],
		["id:1 sub:001 stat:DELIVRD", false],
		["id:1 text:sub:001 dlvrd:001 stat:DELIVRD", false],
		["id:1 update: today stat: fine", false],
		["my id: 1, date: today, stat: fine", false],
		["STOP", false],
		["", false],
	])("is known by its text alone, if that cannot well be a subscriber's: %j is %s", (text, isOne) => {
		expect(isReceiptText(text)).toBe(isOne);
	});

	it("is read from its TLVs alone", () => {
		const read = readReceipt(parts("", { smscId: "abc", state: 2 }));

		expect(read).toEqual({ smscId: "abc", state: "DELIVRD", reason: "" });
	});

	it("prefers its TLVs to its text", () => {
		const read = readReceipt(parts("id:10 stat:DELIVRD err:011", { smscId: "A", state: 5 }));

		expect(read).toEqual({ smscId: "A", state: "UNDELIV", reason: "011", textId: "10" });
	});

	it("has its id from the text when the TLV is empty", () => {
		expect(readReceipt(parts("id:9 stat:DELIVRD", { smscId: "" }))?.smscId).toBe("9");
	});

	it.each([
		[1, "ENROUTE"],
		[2, "DELIVRD"],
		[3, "EXPIRED"],
		[4, "DELETED"],
		[5, "UNDELIV"],
		[6, "ACCEPTD"],
		[7, "UNKNOWN"],
		[8, "REJECTD"],
	])("reads message_state %i as %s", (state, name) => {
		expect(readReceipt(parts("", { smscId: "1", state }))?.state).toBe(name);
	});

	it.each([
		["DELIVERY FAILED", "FAILED"],
		["Delivery_Failed", "FAILED"],
		["DELIVERY FAILURE", "FAILED"],
		["DELIVERY PENDING", "EN_ROUTE"],
		["DELIVERY SUCCESS", "DELIVERED"],
		["DELIVERY", "EN_ROUTE"],
		["DELIVER", "EN_ROUTE"],
		["DELIVERED TO HANDSET", "DELIVERED"],
		["DELIVERED NOT", "EN_ROUTE"],
		["NOT DELIVERED", "UNDELIVERABLE"],
		["READ TIMEOUT", "EN_ROUTE"],
		["DELETE FAILED", "EN_ROUTE"],
		["REJECTED BY SMSC", "REJECTED"],
		["ACCEPTED FOR DELIVERY", "ACCEPTED"],
		["EXPIRED, 3 TRIES", "EXPIRED"],
		["DELIVRD", "DELIVERED"],
	])("reads a state of several words, %s, as %s (A36)", (state, status) => {
		for (const next of ["err:000", "error code:000", "done date:2611231101", "text: failed", "\nfailed", ""]) {
			const read = readReceipt(parts(`id:1 stat:${state} ${next}`));
			expect(statusUpdateOf(aReceipt({ state: read?.state ?? "none" })).status).toBe(status);
		}
	});

	it.each([
		[6, "UNDELIV", "UNDELIV"],
		[6, "DELIVRD", "DELIVRD"],
		[6, "ENROUTE", "ACCEPTD"],
		[2, "ACCEPTD", "DELIVRD"],
		[7, "ACCEPTD", "ACCEPTD"],
		[2, "UNDELIV", "DELIVRD"],
	])("reads message_state %i beside %s as %s", (state, text, expected) => {
		expect(readReceipt(parts(`id:1 stat:${text}`, { state }))?.state).toBe(expected);
	});

	it.each([
		["err:000", 27, "27"],
		["err:0", 27, "27"],
		["err:0000", 0, "0000"],
		["err:011", 27, "011"],
		["", 27, "27"],
		["err:000", null, "000"],
	])("with %j and network_error_code %s has the reason %s", (err, networkError, reason) => {
		expect(readReceipt(parts(`id:1 stat:UNDELIV ${err}`, { networkError }))?.reason).toBe(reason);
	});

	it.each([
		["sub:003 dlvrd:002 stat:UNDELIV", 3],
		["sub:3 dlvrd:1 stat:EXPIRED", 3],
		["sub:003 dlvrd:000 stat:UNDELIV", 3],
		["sub:003 dlvrd:003 stat:DELIVRD", 3],
		["sub:003 dlvrd:001 stat:DELIVRD", undefined],
		["sub:003 dlvrd:001 stat:ENROUTE", undefined],
		["sub:001 dlvrd:000 stat:UNDELIV", undefined],
		["sub:300 dlvrd:001 stat:UNDELIV", undefined],
		["sub:003 dlvrd:abc stat:UNDELIV", undefined],
	])("with %s is for %s segments (A33)", (counts, segments) => {
		expect(readReceipt(parts(`id:1 ${counts} err:027`))?.segments).toBe(segments);
	});

	it.each([0, 9, 255])("reads the state from the text for a message_state of %i, which SMPP 3.4 lacks", (state) => {
		expect(readReceipt(parts("id:1 stat:DELIVRD", { state }))?.state).toBe("DELIVRD");
	});
});

describe("the status update of a receipt", () => {
	it.each([
		["ENROUTE", "EN_ROUTE"],
		["DELIVRD", "DELIVERED"],
		["EXPIRED", "EXPIRED"],
		["DELETED", "DELETED"],
		["UNDELIV", "UNDELIVERABLE"],
		["ACCEPTD", "ACCEPTED"],
		["UNKNOWN", "INVALID"],
		["REJECTD", "REJECTED"],
		["DELIVERED", "DELIVERED"],
		["UNDELIVERABLE", "UNDELIVERABLE"],
		["nonsense", "EN_ROUTE"],
		["", "EN_ROUTE"],
	])("of %s is %s (A36)", (state, status) => {
		expect(statusUpdateOf(aReceipt({ state })).status).toBe(status);
	});

	it.each([
		["DELIVRD", "011", null],
		["ACCEPTD", "000", null],
		["ENROUTE", "001", null],
		["UNDELIV", "027", "27"],
		["UNDELIV", "11", "11"],
		["UNDELIV", "000", "255"],
		["UNDELIV", "", "255"],
		["UNDELIV", "00b", "255"],
		["UNDELIV", "-1", "255"],
		["UNDELIV", "999", "255"],
		["UNDELIV", "99999999999999999999", "255"],
		["EXPIRED", "000", "22"],
		["EXPIRED", "", "22"],
		["EXPIRED", "027", "27"],
		["REJECTD", "088", "88"],
	])("of %s with err %j has the code %s (A4)", (state, reason, code) => {
		expect(statusUpdateOf(aReceipt({ state, reason })).errorCode).toBe(code);
	});

	it("has the time at which the receipt came", () => {
		expect(statusUpdateOf(aReceipt({ receivedAt: 7 })).at).toBe(7);
	});
});
