import { describe, expect, it } from "vitest";
import { chosenOutcomes } from "#local/operators/chosen-outcomes.ts";
import { phoneLog } from "#local/operators/phone-log.ts";
import type { SubmitRecord } from "#local/operators/submit-log.ts";
import { webhookRequestLog } from "#local/sink/webhook-request-log.ts";
import { segmentText } from "#shared/domain/message/segments.ts";

const delivered = { kind: "receipt", delivered: true, err: 0, beforeResponse: false } as const;

const aRecord = (parts: Partial<SubmitRecord> = {}): SubmitRecord => ({
	...{ operator: "kcell", at: 5, recipient: "77010000000", sender: "SMSGW", esm_class: 0, data_coding: 0 },
	...{ short_message_hex: Buffer.from("Hi").toString("hex"), message_id: "1", command_status: 0 },
	...{ registered_delivery: 1, validity_period: "", session: 1 },
	...parts,
});

const octetsOf = (text: string) => Buffer.concat(segmentText(text).segments).toString("hex");
const inParts = (number: number, text: string) =>
	`050003${["2a", "02", `0${number}`].join("")}${Buffer.from(text).toString("hex")}`;

describe("a simulated phone", () => {
	it.each([
		["GSM-7", { short_message_hex: octetsOf("Price: 5 €"), data_coding: 0 }, { text: "Price: 5 €", alphabet: "gsm7" }],
		["UCS-2", { short_message_hex: octetsOf("Сәлем"), data_coding: 8 }, { text: "Сәлем", alphabet: "ucs2" }],
		["flash", { data_coding: 0x10 }, { text: "Hi", flash: true }],
		["binary", { short_message_hex: "ff00", data_coding: 4 }, { text: null, alphabet: "binary", hex: "ff00" }],
		["half a UCS-2 character", { short_message_hex: "041f04", data_coding: 8 }, { text: null, hex: "041f04" }],
		[
			"a part",
			{ short_message_hex: inParts(2, "two"), esm_class: 0x40 },
			{ text: "two", part: { reference: 42, total: 2, number: 2 } },
		],
		["a header that cannot be read", { short_message_hex: "ff48", esm_class: 0x40 }, { part: null }],
	])("shows what came: %s", (_, parts, shown) => {
		const log = phoneLog(10);

		log.received(aRecord(parts), delivered);

		expect(log.after(0).events).toEqual([expect.objectContaining({ kind: "received", number: 1, ...shown })]);
	});

	it("shows the outcome of a message", () => {
		const log = phoneLog(10);
		log.received(aRecord(), delivered);
		log.received(aRecord(), { ...delivered, delivered: false, err: 27 });
		log.received(aRecord(), { kind: "silence" });
		log.received(aRecord({ command_status: 88 }), { kind: "refusal", commandStatus: 88 });

		const shown = log.after(0).events.map((one) => one.kind === "received" && [one.outcome, one.code]);

		expect(shown).toEqual([
			["delivered", 0],
			["failed", 27],
			["no_receipt", 0],
			["refused", 88],
		]);
	});

	it("shows what it sent, and what is new after an event", () => {
		const log = phoneLog(10);
		log.received(aRecord(), delivered);
		log.sent("kcell", { sender: "77010000000", recipient: "9090", text: "Yes" });

		expect(log.after(1)).toEqual({
			last: 2,
			events: [expect.objectContaining({ kind: "sent", subscriber: "77010000000", recipient: "9090", text: "Yes" })],
		});
		expect(log.after(2).events).toEqual([]);
	});

	it("keeps the last events only, and answers a reader of an earlier run from the beginning", () => {
		const log = phoneLog(3);
		for (let count = 0; count < 20; count += 1) log.received(aRecord(), delivered);

		expect(log.after(0).events.length).toBeLessThan(7);
		expect(log.after(0).events.at(-1)?.number).toBe(20);
		expect(log.after(1_000).events.length).toBeGreaterThan(2);
	});
});

describe("a chosen outcome", () => {
	const single = Buffer.from("Hi");
	const part = (number: number) => Buffer.from(inParts(number, "x"), "hex");
	const subscriber = "77010000000";

	it("is that of the next message to the number, and of no other", () => {
		const chosen = chosenOutcomes();
		chosen.choose({ subscriber, outcome: { kind: "refused", code: 88 } });

		expect(chosen.take("77010000001", 0, single)).toBeUndefined();
		expect(chosen.take(subscriber, 0, single)).toEqual({ kind: "refusal", commandStatus: 88 });
		expect(chosen.take(subscriber, 0, single)).toBeUndefined();
	});

	it("is that of each segment of the message", () => {
		const chosen = chosenOutcomes();
		chosen.choose({ subscriber, outcome: { kind: "failed", code: 27 } });

		expect([1, 2].map((number) => chosen.take(subscriber, 0x40, part(number))?.kind)).toEqual(["receipt", "receipt"]);
		expect(chosen.take(subscriber, 0, single)).toBeUndefined();
	});
});

describe("the log of the webhook server", () => {
	it("shows a request when it comes and when it is answered", () => {
		const log = webhookRequestLog();
		const answered = log.began({ path: "/demo", headers: {}, body: { a: 1 } });

		const before = log.after(0);
		answered(500);

		expect(before).toMatchObject({ last: 1, requests: [{ id: 1, path: "/demo", status: null, body: { a: 1 } }] });
		expect(log.after(1)).toMatchObject({ last: 2, requests: [{ id: 1, status: 500 }] });
		expect(log.after(2).requests).toEqual([]);
	});

	it("keeps the last 100", () => {
		const log = webhookRequestLog();
		for (let count = 0; count < 300; count += 1) log.began({ path: "/demo", headers: {}, body: null })(204);

		expect(log.after(0).requests).toHaveLength(100);
	});

	it("answers with at most a million characters, the newest requests first, and with one at least", () => {
		const log = webhookRequestLog();
		for (let count = 0; count < 20; count += 1) log.began({ path: "/demo", headers: {}, body: "x".repeat(150_000) });

		expect(log.after(0).requests.map(({ id }) => id)).toEqual([15, 16, 17, 18, 19, 20]);

		log.began({ path: "/demo", headers: {}, body: "x".repeat(2_000_000) });
		expect(log.after(20).requests.map(({ id }) => id)).toEqual([21]);
	});
});
