import { describe, expect, it } from "vitest";
import { operators, rnCodes } from "#shared/domain/message/operators.ts";
import { normalRecipient, operatorByPrefix } from "#shared/domain/numbers/recipient.ts";
import { smscRef } from "#shared/domain/receipts/smsc-ref.ts";

describe("a recipient", () => {
	it.each([
		["77010000000", "77010000000"],
		["+77010000000", "77010000000"],
		["87010000000", "77010000000"],
		["8 (701) 000-00-00", "77010000000"],
		["+7 701 000 00 00", "77010000000"],
		["7701000000", "77701000000"],
		["7010000000", "77010000000"],
		["7771234567", "77771234567"],
		["76010000000", "76010000000"],
		["\u200e77010000000", "77010000000"],
		["\u202d+7 701 000 00 00\u202c", "77010000000"],
		["\ufeff7701\u200b000\u00ad0000\u2060", "77010000000"],
		["+7\u00a0701\u202f000\u200900\u300000", "77010000000"],
		["8\u2011701\u2010000\u2012\u2013\u201400\u2212\uff0d\ufe6300", "77010000000"],
		["\t77010000000\r\n", "77010000000"],
		["7701\v000\f00\u2028\u202900\u0085", "77010000000"],
		["+7\t701 000-00-00", "77010000000"],
		["+8 701 000 00 00", "77010000000"],
		["8-701-000-00-00-", "77010000000"],
		["\uff0b7\uff08701\uff090000000", "77010000000"],
	])("written as %j is read as %s (A1)", (written, expected) => {
		expect(normalRecipient(written)).toBe(expected);
	});

	it.each([
		["empty", ""],
		["only punctuation", "+()- "],
		["a digit short", "770100000"],
		["twelve digits", "770100000000"],
		["ten digits from 6", "6010000000"],
		["ten digits from 8", "8701000000"],
		["of another country", "79161234567"],
		["of 8 and nine digits", "8701000000"],
		["of a landline", "77272000000".replace("77", "71")],
		["of the country code twice", "787010000000"],
		["with a digit before it", "977010000000"],
		["with an 8 for its second digit", "78010000000"],
		["with a letter", "7701000000a"],
		["with a dot", "7701.0000000"],
		["with dots", "7.701.000.00.00"],
		["of ten digits and a fraction", "7701000000.0"],
		["with slashes", "7/701/0000000"],
		["two lines", "77010000000\n77010000000"],
		["international and a digit short", "+7 701 000 000"],
		["international and a digit short, in full width", "\uff0b7701000000"],
		["international and a digit short, behind a mark and a space", "\u202a +7701000000"],
		["international and a digit short, in parentheses", "(+7) 701 000 000"],
		["international without its country code", "+7010000000"],
		["negative", "-77010000000"],
		["negative with ten digits", "-7010000000"],
		["negative with a minus sign", "\u221277010000000"],
		["negative in full width", "\uff0d77010000000"],
		["negative behind a space", " \u201377010000000"],
		["negative behind a plus", "+-77010000000"],
		["negative in parentheses", "(-77010000000)"],
		["in Arabic digits", "٧٧٠١٠٠٠٠٠٠٠"],
		["in exponential form", "7.7e10"],
	])("that is %s is null (A1, code 11)", (_, written) => {
		expect(normalRecipient(written)).toBeNull();
	});

	it.each([
		["77010000000", "kcell"],
		["77020000000", "kcell"],
		["77750000000", "kcell"],
		["77780000000", "kcell"],
		["77050000000", "beeline"],
		["77710000000", "beeline"],
		["77760000000", "beeline"],
		["77770000000", "beeline"],
		["77000000000", "altel"],
		["77080000000", "altel"],
		["77070000000", "tele2"],
		["77470000000", "tele2"],
		["77701000000", "kcell"],
		["77990000000", null],
		["76010000000", null],
	])("%s has the prefix of %s (A49)", (recipient, operator) => {
		expect(operatorByPrefix(recipient)).toBe(operator);
	});
});

describe("an operator", () => {
	it("has the document's routing code, as two digits of text (R4)", () => {
		expect(rnCodes).toEqual({ beeline: "01", kcell: "02", altel: "07", tele2: "77" });
		expect([...operators].sort()).toEqual(["altel", "beeline", "kcell", "tele2"]);
	});

	it("has its own message ids, even if another operator's are equal", () => {
		expect(smscRef("kcell", "77010000000", "1")).not.toBe(smscRef("tele2", "77010000000", "1"));
		expect(smscRef("kcell", "77010000000", "00A")).toBe("kcell#7010000000#00A");
	});
});
