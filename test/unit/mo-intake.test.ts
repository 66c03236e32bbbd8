import { describe, expect, it } from "vitest";
import { deliverSmIntake } from "#smpp/operators/deliver-sm-intake.ts";
import { moEncoding, moIntake } from "#smpp/operators/mo-intake.ts";
import type { MessageFields, Pdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { bytesTlv, octetTlv, textTlv } from "#smpp/wire/tlvs.ts";
import { memoryIncomingQueue } from "#test/fakes/memory-incoming.ts";
import { memoryLog, stoppedClock } from "#test/fakes/memory-stores.ts";
import { sampleFields } from "./smpp-samples.ts";

function aDeliver(fields: Partial<MessageFields>, tlvs: Pdu<"deliver_sm">["tlvs"] = []) {
	const plain = { esm_class: 0, source_addr: "+77010000000", destination_addr: "9090", data_coding: 0 };
	return {
		command: "deliver_sm",
		command_status: 0,
		sequence_number: 1,
		fields: { ...sampleFields.deliver_sm, ...plain, schedule_delivery_time: "", ...fields },
		tlvs,
	} as unknown as Pdu<"deliver_sm">;
}

const now = stoppedClock();

function anIntake(queue = memoryIncomingQueue()) {
	const log = memoryLog();
	const intake = moIntake("kcell", { queue, newPartId: () => 7, idKey: "0123456789abcdef", now, log });
	const partOf = async (pdu: Pdu<"deliver_sm">) => {
		await intake.accept(pdu);
		const entry = queue.sent.at(-1)?.entry;
		return entry?.kind === "parts" ? entry.parts.at(-1) : undefined;
	};
	return { queue, log, partOf, ...intake };
}

const body = Buffer.from("text");
const udhIndicator = (...header: number[]) => ({
	esm_class: 0x40,
	short_message: Buffer.concat([Buffer.from(header), body]),
});
const sar = (reference: number[], total: number, sequence: number) => [
	bytesTlv("sar_msg_ref_num", Buffer.from(reference)),
	octetTlv("sar_total_segments", total),
	octetTlv("sar_segment_seqnum", sequence),
];

describe("the intake of subscribers' messages", () => {
	it("answers OK once a message is stored in its queue (R5, R40)", async () => {
		const { queue, accept } = anIntake();

		const status = await accept(aDeliver({ short_message: body, data_coding: 8 }));

		expect(status).toBe(commandStatuses.ESME_ROK);
		const part = {
			...{ partId: 7, operator: "kcell", sender: "77010000000", recipient: "9090", encoding: "ucs2" },
			...{ octets: body.toString("base64"), place: null, arrivedAt: now(), receivedAt: now() },
		};
		expect(queue.sent).toEqual([{ entry: { kind: "parts", parts: [part] }, delaySeconds: 0 }]);
	});

	it.each([
		["the same to the second", {}, 1],
		["another second", { schedule_delivery_time: "261123105931020+" }, 2],
		["another text", { short_message: Buffer.from("other") }, 2],
		["another subscriber", { source_addr: "77010000001" }, 2],
		["another part", udhIndicator(5, 0, 3, 9, 3, 2), 2],
	])("gives a message that its SMSC sends again the same id, by its time of sending: %s", async (_, fields, ids) => {
		const { partOf } = anIntake();
		const sent = { short_message: body, schedule_delivery_time: "261123105930020+" };

		const parts = [await partOf(aDeliver(sent)), await partOf(aDeliver({ ...sent, ...fields }))];

		expect(new Set(parts.map((part) => part?.partId)).size).toBe(ids);
		expect(parts.map((part) => part?.partId)).not.toContain(7);
	});

	it.each(["", "261123105900020+", "000000000010000R"])(
		"gives a message a random id when the SMSC gives the time %j, which does not identify it",
		async (schedule_delivery_time) => {
			expect((await anIntake().partOf(aDeliver({ short_message: body, schedule_delivery_time })))?.partId).toBe(7);
		},
	);

	it("fails when the queue fails, so that the SMSC sends the message again", async () => {
		const queue = { ...memoryIncomingQueue(), send: async () => Promise.reject(new Error("the queue is unavailable")) };

		await expect(anIntake(queue).accept(aDeliver({ short_message: body }))).rejects.toThrow("unavailable");
	});

	it.each([
		["8-bit reference", udhIndicator(5, 0, 3, 9, 3, 2), [], { reference: 9, total: 3, sequence: 2 }],
		["16-bit reference", udhIndicator(6, 8, 4, 1, 2, 255, 255), [], { reference: 258, total: 255, sequence: 255 }],
		["port before it", udhIndicator(11, 5, 4, 0, 1, 0, 2, 0, 3, 9, 2, 1), [], { reference: 9, total: 2, sequence: 1 }],
		["SAR", { short_message: body }, sar([1, 0], 2, 1), { reference: 256, total: 2, sequence: 1 }],
		[
			"header without a place, and SAR",
			udhIndicator(3, 0x24, 1, 1),
			sar([0, 1], 2, 2),
			{ reference: 1, total: 2, sequence: 2 },
		],
		["total of 0", udhIndicator(5, 0, 3, 9, 0, 0), [], null],
		["total of 1", udhIndicator(5, 0, 3, 9, 1, 1), [], null],
		["sequence past the total", udhIndicator(5, 0, 3, 9, 2, 3), [], null],
		["element longer than its header", udhIndicator(5, 0, 9, 9, 2, 1), [], null],
		["incomplete SAR", { short_message: body }, sar([0, 1], 2, 1).slice(1), null],
	] as const)("reads the place of a part with: %s (A48)", async (_, fields, tlvs, place) => {
		const part = await anIntake().partOf(aDeliver(fields, tlvs));

		expect(part).toMatchObject({ place, octets: body.toString("base64") });
	});

	it.each([Buffer.of(200, 1, 2), Buffer.alloc(0)])("reads a malformed header as text: %o", async (short_message) => {
		const { partOf, log } = anIntake();

		const part = await partOf(aDeliver({ esm_class: 0x40, short_message }));

		expect(part).toMatchObject({ place: null, octets: short_message.toString("base64") });
		expect(log.events.map(({ event }) => event)).toEqual(["mo.header_malformed"]);
	});

	it("reads a message_payload, and limits how much of it is stored", async () => {
		const long = Buffer.alloc(60_000, 65);

		const part = await anIntake().partOf(
			aDeliver({ short_message: Buffer.alloc(0) }, [bytesTlv("message_payload", long), ...sar([0, 1], 2, 1)]),
		);

		expect(Buffer.from(part?.octets ?? "", "base64")).toEqual(long.subarray(0, 6_000));
		expect(part?.place).toBeNull();
	});

	it.each([
		["261123105930020+", Date.UTC(2026, 10, 23, 5, 59, 30)],
		["261123102930020-", now()],
		["991123105930020+", now()],
		["000000000010000R", now()],
	])("uses the SMSC's time if it is plausible: %s (A48)", async (schedule_delivery_time, receivedAt) => {
		const part = await anIntake().partOf(aDeliver({ short_message: body, schedule_delivery_time }));

		expect(part?.receivedAt).toBe(receivedAt);
	});

	it.each([
		[0x00, "gsm7"],
		[0x01, "latin1"],
		[0x03, "latin1"],
		[0x06, "cyrillic"],
		[0x08, "ucs2"],
		[0x10, "gsm7"],
		[0x18, "ucs2"],
		[0xf0, "gsm7"],
		[0xf5, "latin1"],
		[0xc8, "gsm7"],
		[0xe0, "ucs2"],
		[0x04, null],
		[0x28, null],
		[0x85, null],
	])("reads data_coding 0x%s as %s", (dataCoding, encoding) => {
		expect(moEncoding(dataCoding)).toBe(encoding);
	});

	it("reads an unknown coding as Latin-1, and logs it", async () => {
		const { partOf, log } = anIntake();

		expect(await partOf(aDeliver({ short_message: body, data_coding: 4 }))).toMatchObject({ encoding: "latin1" });
		expect(log.events).toMatchObject([{ event: "mo.coding_unknown", fields: { data_coding: 4 } }]);
	});

	it("logs few of many messages that are malformed", async () => {
		const { partOf, log } = anIntake();
		const pdu = aDeliver({ esm_class: 0x40, short_message: Buffer.of(200, 1, 2), data_coding: 4 });

		await Promise.all(Array.from({ length: 100 }, async () => await partOf(pdu)));

		expect(log.events).toHaveLength(2 * 7);
	});
});

describe("a deliver_sm of an operator", () => {
	it.each([
		["receipt", 0x04, []],
		["receipt", 0x20, []],
		["receipt", 0x00, [textTlv("receipted_message_id", "1")]],
		["message", 0x00, []],
		["message", 0x40, []],
		["message", 0x08, []],
	])("is a %s with esm_class %i and TLVs %o", async (kind, esm_class, tlvs) => {
		const intakes = ["receipt", "message"].map((name) => ({
			accept: async () => (name === kind ? 0 : 1),
			drained: async () => undefined,
		}));
		const [receipts, messages] = intakes;
		if (!receipts || !messages) throw new Error("no intakes");

		expect(await deliverSmIntake(receipts, messages).accept(aDeliver({ esm_class }, tlvs))).toBe(0);
	});
});
