import { describe, expect, it } from "vitest";
import { smsc } from "#shared/contracts/smscs.ts";
import { statusUpdateOf } from "#shared/domain/receipts/receipt.ts";
import { codeOfReason, codeOfStatus, type SmscErrors } from "#shared/domain/receipts/smsc-errors.ts";
import { statusUpdateOfRefusal } from "#shared/domain/send/submit-refusal.ts";
import { aReceipt } from "#test/fakes/builders.ts";

const kcell = { host: "127.0.0.1", port: 2_775, system_id: "smsgw" };

/** The errors of an SMSC with this setting of the stage. */
function errorsBy(setting: unknown): SmscErrors {
	return smsc.parse({ ...kcell, errors: setting }).errors ?? expect.fail("no errors");
}

describe("an SMSC's err", () => {
	it.each([
		["9", "9"],
		["009", "9"],
		["011", "11"],
		["27", "27"],
		["255", "255"],
		["38", "255"],
		["10012", "255"],
		["99999999999999999999999", "255"],
	])("%j is the dictionary's code of the same number, or %s (R39)", (reason, code) => {
		expect(codeOfReason(reason)).toBe(code);
	});

	it.each(["", "0", "000", "0b", "-1", "1.5", "1e1", " 1", "٩", "constructor"])("%j gives no code", (reason) => {
		expect(codeOfReason(reason)).toBeNull();
	});

	it.each([
		["0B", "11"],
		["b", "11"],
		["00b", "11"],
		["1B", "27"],
		["11", "17"],
		["FFFF", "255"],
		["0", null],
		["0g", null],
	])("in hex, by the operator's setting, %j is %s", (reason, code) => {
		expect(codeOfReason(reason, errorsBy({ radix: 16 }))).toBe(code);
	});

	it("is read by the operator's setting, and otherwise as its number, however either is written", () => {
		const errors = errorsBy({ err: { "0500": "27", E1: "33", 9: "9", 11: "34" } });

		const codes = ["500", "0500", "e1", "0E1", "9", "011", "12", "e2"].map((reason) => codeOfReason(reason, errors));

		expect(codes).toEqual(["27", "27", "33", "33", "9", "34", "12", null]);
	});

	it("of zero is read by the operator's setting too", () => {
		expect(codeOfReason("000", errorsBy({ err: { "000": "254" } }))).toBe("254");
	});

	it("of another operator is not affected by the setting", () => {
		const errors = errorsBy({ err: { 11: "34" } });
		const receipt = aReceipt({ state: "UNDELIV", reason: "011" });

		expect([statusUpdateOf(receipt, errors).errorCode, statusUpdateOf(receipt).errorCode]).toEqual(["34", "11"]);
	});
});

describe("a command_status of a refused submit", () => {
	it("is read by the operator's setting, and otherwise as its number (A36)", () => {
		const errors = errorsBy({ status: { 1025: "33", 11: "34" } });

		expect([1025, 11, 88, 1026].map((status) => codeOfStatus(status, errors))).toEqual(["33", "34", "88", "255"]);
		expect([1025, 11].map((status) => codeOfStatus(status))).toEqual(["255", "11"]);
	});

	it("ends the message FAILED when it is a system error, whatever its code (A36)", () => {
		const errors = errorsBy({ status: { 8: "27" } });

		expect(statusUpdateOfRefusal(8, 5, errors)).toEqual({ status: "FAILED", errorCode: "27", at: 5 });
		expect(statusUpdateOfRefusal(27, 5, errors)).toEqual({ status: "REJECTED", errorCode: "27", at: 5 });
	});
});

describe("an operator's setting of its errors", () => {
	it("stays the same when it is parsed twice, as on its way into a process", () => {
		const once = smsc.parse({ ...kcell, errors: { err: { "011": "27", AB: "33" } } });

		expect(once.errors).toEqual({ radix: 10, err: { 11: "27", ab: "33" }, status: {} });
		expect(smsc.parse(once)).toEqual(once);
	});

	it.each([
		{ radix: 8 },
		{ err: { 1: "38" } },
		{ err: { 1: 27 } },
		{ err: { "": "27" } },
		{ err: { "1 2": "27" } },
		{ status: { "0x400": "27" } },
		{ status: { 0: "27" } },
		{ codes: {} },
	])("is refused with %j", (errors) => {
		expect(smsc.safeParse({ ...kcell, errors }).success).toBe(false);
	});
});
