import { describe, expect, it } from "vitest";
import { statuses } from "#shared/domain/message/statuses.ts";
import { clientReceipt } from "#shared/domain/reports/client-receipt.ts";
import { moRequests, receiptRequest } from "#smpp/clients/deliver-sm-requests.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { tlvBytes, tlvNumber, tlvText } from "#smpp/wire/tlvs.ts";
import { aMessage, anIncomingMessage, aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";

const tlvsOf = ({ tlvs = [] }: ReturnType<typeof receiptRequest>) => ({ tlvs });
const textOf = ({ fields }: ReturnType<typeof receiptRequest>) => fields?.short_message?.toString("latin1");

describe("a receipt for a client", () => {
	const parts = { messageId: 9_007_199_254_740_991, text: "Hello, world! This is long", status: "DELIVERED" } as const;
	const delivered = aSentMessage(["a"], { ...parts, statusAt: mondayAtEleven + 119_000 });

	it("has SMPP's text, with dates in Almaty time (A47)", () => {
		expect(clientReceipt(delivered).text).toBe(
			"id:9007199254740991 sub:001 dlvrd:001 submit date:2611231100 done date:2611231101 stat:DELIVRD err:000 text:Hello, world! This i",
		);
	});

	it("has the id that its submit_multi was answered with, and the client's user_message_reference", () => {
		const smpp = { session: null, address: "", reference: 0x1234, receiptId: 77, messageClass: null };
		const request = receiptRequest({ ...delivered, smpp });

		expect(textOf(request)).toMatch(/^id:77 /);
		expect(tlvText(tlvsOf(request), "receipted_message_id")).toBe("77");
		expect(tlvBytes(tlvsOf(request), "user_message_reference")).toEqual(Buffer.from([0x12, 0x34]));
		expect(tlvBytes(tlvsOf(receiptRequest(delivered)), "user_message_reference")).toBeUndefined();
	});

	it("names each status as SMPP does (A47, A36)", () => {
		const named = statuses.map((status) => {
			const message = aSentMessage(["a"], { status });
			const stat = /stat:(\w+)/.exec(clientReceipt(message).text)?.[1];
			return [status, stat, tlvNumber(tlvsOf(receiptRequest(message)), "message_state")];
		});

		expect(named).toEqual([
			["NEW", "ENROUTE", 1],
			["SENT", "ENROUTE", 1],
			["EN_ROUTE", "ENROUTE", 1],
			["DELIVERED", "DELIVRD", 2],
			["FAILED", "UNDELIV", 5],
			["EXPIRED", "EXPIRED", 3],
			["UNDELIVERABLE", "UNDELIV", 5],
			["ACCEPTED", "ACCEPTD", 6],
			["INVALID", "UNKNOWN", 7],
			["REJECTED", "REJECTD", 8],
			["DELETED", "DELETED", 4],
		]);
	});

	it.each([
		[null, "000"],
		["1", "001"],
		["27", "027"],
		["255", "255"],
		["10012", "097"],
	])("writes the code %j in three digits (A47)", (errorCode, err) => {
		const text = clientReceipt(aMessage({ status: "UNDELIVERABLE", errorCode })).text;

		expect(text).toContain(` dlvrd:000 `);
		expect(text).toContain(` err:${err} text:`);
	});

	it.each([
		["", ""],
		["тест 12", "???? 12"],
		["🐫".repeat(30), "?".repeat(20)],
		["a\r\nid:1\u0000", "a??id:1?"],
	])("quotes only the ASCII characters of %j (A47)", (text, quoted) => {
		expect(clientReceipt(aMessage({ text })).text.split("text:")[1]).toBe(quoted);
	});

	it("goes from the recipient to the sender, with the message id and state as TLVs (A47)", () => {
		const request = receiptRequest({ ...delivered, sender: "1414" });

		expect(request.fields).toMatchObject({
			source_addr_ton: 1,
			source_addr_npi: 1,
			source_addr: "77010000000",
			dest_addr_ton: 3,
			dest_addr_npi: 0,
			destination_addr: "1414",
			esm_class: 0x04,
		});
		expect(tlvText(tlvsOf(request), "receipted_message_id")).toBe("9007199254740991");
		expect(tlvBytes(tlvsOf(request), "receipted_message_id")?.at(-1)).toBe(0);
		expect(tlvBytes(tlvsOf(request), "network_error_code")).toBeUndefined();
	});

	it("has the network's own error code where the SMSC's receipt gave one, and nowhere else (A47)", () => {
		const codeOf = (message: Parameters<typeof receiptRequest>[0]) =>
			tlvBytes(tlvsOf(receiptRequest(message)), "network_error_code");

		expect(codeOf(aSentMessage(["a"], { status: "UNDELIVERABLE", errorCode: "27" }))).toEqual(Buffer.of(3, 0, 27));
		expect(codeOf(aSentMessage(["a"], { status: "UNDELIVERABLE", errorCode: "88" }))).toBeUndefined();
		expect(codeOf(aSentMessage(["a"], { status: "EXPIRED", errorCode: "22" }))).toBeUndefined();
		expect(codeOf(aMessage({ status: "UNDELIVERABLE", errorCode: "10" }))).toBeUndefined();
	});

	it("is an intermediate notification with the status at that time while the message is in progress (A34, A47)", () => {
		const request = receiptRequest(delivered, { status: "EN_ROUTE", at: mondayAtEleven + 61_000 });

		expect(request.fields?.esm_class).toBe(0x20);
		expect(textOf(request)).toContain("dlvrd:000 submit date:2611231100 done date:2611231101 stat:ENROUTE err:000");
	});

	it("can be encoded for any sender and any text", () => {
		for (const sender of ["Банк", "A\u0000B", "x".repeat(21)]) {
			const request = receiptRequest({ ...delivered, sender, text: "\u0000\uffff".repeat(20) });

			expect(encodePdu({ ...request, sequence_number: 1 }).length).toBeGreaterThan(100);
		}
	});
});

describe("a subscriber's message for a client", () => {
	it("goes from the subscriber to the short code, in an alphabet that has its characters (A47, R40)", () => {
		const [plain] = moRequests(anIncomingMessage({ text: "Yes {1}" }));
		const [wide] = moRequests(anIncomingMessage({ text: "Иә" }));

		expect(plain?.fields).toMatchObject({
			source_addr: "77010000000",
			destination_addr: "9090",
			esm_class: 0,
			data_coding: 0,
		});
		expect(plain?.fields?.short_message?.toString("hex")).toBe("596573201b28311b29");
		expect(wide?.fields).toMatchObject({ esm_class: 0, data_coding: 8 });
		expect(wide?.fields?.short_message?.toString("hex")).toBe("041804d9");
	});

	it("is split into parts that can be joined, the same ones each time (A47, R41)", () => {
		const message = anIncomingMessage({ text: "ы".repeat(1_500), messageId: 511 });
		const parts = moRequests(message);

		expect(parts.length).toBe(23);
		expect(parts).toEqual(moRequests(message));
		expect(parts.map(({ fields }) => [fields?.esm_class, ...(fields?.short_message?.subarray(0, 6) ?? [])])).toEqual(
			parts.map((_, index) => [0x40, 5, 0, 3, 255, 23, index + 1]),
		);
	});
});
