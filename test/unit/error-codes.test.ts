import { describe, expect, it } from "vitest";
import { errorCodeFrom, errorText, errorTexts } from "#shared/domain/message/error-codes.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { statusUpdateOfRefusal } from "#shared/domain/send/submit-refusal.ts";

/** The document's own list, word for word. `|` separates two meanings of one code. */
const listed = `
0 No error
1 Subscriber not found | Message length is invalid (can't send empty text)
2 Command length is invalid
3 Invalid Command ID
4 Incorrect BIND Status for given command
5 ESME Already in Bound State
6 Invalid Priority Flag
7 Invalid Registered Delivery Flag
8 System error (possibly wrong subscriber MISDN)
9 Subscriber was ported to another operator
10 Invalid sender / source address
11 Invalid recipient / destination address (format should be 7xxxYYYzzzz)
12 Equipment does not support SMS service | Message ID is invalid
13 Bind Failed
14 Invalid Password
15 Invalid System ID
16 MSC record not found in HLR for this subscriber
17 cancel_sm failed
18 Provider did not respond to send request. SMS can still be delivered.
19 replace_sm failed
20 Message queue full
21 Invalid service type
22 Message expired
23 Duplicate client_message_id, should be unique for each message.
24 Timebound not allowed for given sender
25 Wrong information in time_bounds field.
26 Internal error: wrong smpp account to send message
27 Mobile equipment is off, out of coverage, or SIM memory is full
28 SMS service is not activated for subscriber
29 Subscriber is in blocked state
30 Subscriber number is banned from receiving SMS. Possible reasons: subscriber complaint, m2m device, corporate number restriction.
31 Subscriber busy for MT-SMS
32 SIM memory is full / possible errors while transmitting the message
33 Subscriber number can't receive SMS. Possible reasons: insufficient balance or contradiction with operator's internal service.
34 Subscriber number is in provider's black list / provider doesn't have routing set up for this number (MNP issue).
35 Operator did not set up support for MNP-migrated subscribers for this sender/source address
36 SMS declined due to absence of context support for this sender (possibly blocked by roaming provider).
37 Subscriber is in MNP migration state. Please try again in 4 hours.
51 Invalid number of destinations
52 Invalid distribution list name
64 Destination flag is invalid (submit_multi)
66 Invalid submit with replace request; submit_sm with replace_if_present_flag set
67 Invalid esm_class field data
68 Invalid submit to distribution list
69 submit_sm or submit_multi failed
72 Invalid Source address TON
73 Invalid Source address NPI
80 Invalid Destination address TON
81 Invalid Destination address NPI
83 Invalid system_type field
84 Invalid replace_if_present flag
85 Invalid number of messages
88 Throttling error; ESME has exceeded allowed message limits.
97 Invalid scheduled delivery time
98 Invalid message validity period (Expiry time).
99 Predefined message invalid or not found
100 ESME Receiver temporary error
101 ESME Receiver permanent error
102 ESME Receiver reject message error
103 query_sm request failed
192 Error in the optional part of the PDU body
193 TLV not allowed
194 Invalid parameter length
195 Expected TLV missing
196 Invalid TLV value
254 Transaction delivery failure
255 Unknown Error
`;

const document = listed
	.trim()
	.split("\n")
	.map((line) => /^(\d+) (.*)$/.exec(line)?.slice(1) ?? expect.fail(line));

describe("the dictionary of error codes", () => {
	it("has the 67 codes of the document with their own texts, and 10012, and no other (R39, A7)", () => {
		const ours = [["10012", "Schedule must be on a 15-minute step."]];

		expect(document).toHaveLength(67);
		expect(Object.entries(errorTexts)).toEqual([...document, ...ours]);
	});

	it.each(document)("gives %s its text (R39)", (code, text) => {
		expect(errorText(code ?? "")).toBe(text);
	});

	it("has no text for null, and the text of an unknown error for a missing code (A4)", () => {
		expect(errorText(null)).toBeNull();
		expect(errorText("38")).toBe("Unknown Error");
	});

	it.each([
		[11, "11"],
		[0, "255"],
		[10_012, "255"],
		[38, "255"],
		[-1, "255"],
		[1.5, "255"],
		[Number.NaN, "255"],
	])("maps an SMSC's reason %d to the code %s", (reason, code) => {
		expect(errorCodeFrom(reason)).toBe(code);
	});
});

describe("a refusal", () => {
	it("has the dictionary's text unless it is given a better one", () => {
		expect(new Refusal("24").message).toBe("Timebound not allowed for given sender");
		expect(new Refusal("24", { detail: "not at night" }).message).toBe("not at night");
		expect(new Refusal(null).message).toBe("");
	});
});

describe("a submit that the SMSC refused", () => {
	it.each([
		[8, "FAILED", "8"],
		[11, "REJECTED", "11"],
		[0x58, "REJECTED", "88"],
		[0x400, "REJECTED", "255"],
	])("with command_status %i ends %s with code %s (A36)", (commandStatus, status, errorCode) => {
		expect(statusUpdateOfRefusal(commandStatus, 5)).toEqual({ status, errorCode, at: 5 });
	});
});
