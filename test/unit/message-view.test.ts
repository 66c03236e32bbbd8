import { describe, expect, it } from "vitest";
import { messageView, segmentView } from "#shared/domain/message/message-view.ts";
import { deliveryReport } from "#shared/domain/reports/delivery-report.ts";
import { aMessage, aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";

const delivered = { smscId: "1", status: "DELIVERED", statusAt: mondayAtEleven + 3_000, errorCode: null } as const;

describe("a delivery report", () => {
	it("equals the document's captured one, byte for byte, apart from the order of its fields (R37, A2, A4, A5)", () => {
		const message = aMessage({
			clientMessageId: "batch_tst1104",
			messageId: 5_916_504_923,
			acceptedAt: Date.parse("2016-04-11T11:49:39Z"),
			sentAt: Date.parse("2016-04-11T11:49:39Z"),
			confirmedAt: Date.parse("2016-04-11T11:49:39Z"),
			statusAt: Date.parse("2016-04-11T11:49:42Z"),
			status: "DELIVERED",
		});

		const body = JSON.stringify({ delivery_report: [deliveryReport(message)] });

		const captured =
			'{"delivery_report":[{"status":"DELIVERED","client_message_id":"batch_tst1104","error_code":null,"error_message":null,"segment_count":1,"init_time":"2016-04-11 17:49:39","sent_time":"2016-04-11 17:49:39","status_time":"2016-04-11 17:49:42","message_id":5916504923,"sent_confirm_time":"2016-04-11 17:49:39","rn_code":"02","retry_count":0}]}';
		expect(JSON.parse(body)).toEqual(JSON.parse(captured));
		expect(body).toHaveLength(captured.length);
	});

	it("has none of the last four fields for a message that was never sent (R37)", () => {
		const message = aMessage({ status: "EXPIRED", errorCode: "22", clientMessageId: "3", messageId: 34_524 });

		expect(deliveryReport(message)).toEqual({
			client_message_id: "3",
			message_id: 34_524,
			status: "EXPIRED",
			error_code: "22",
			error_message: "Message expired",
			segment_count: 1,
			init_time: "2026-11-23 11:00:00",
			status_time: "2026-11-23 11:00:00",
		});
	});

	it("has no confirmation time when the SMSC refused the message (R32)", () => {
		const message = aMessage({ status: "REJECTED", errorCode: "88", sentAt: mondayAtEleven, retryCount: 2 });

		const report = deliveryReport(message);

		expect(report).not.toHaveProperty("sent_confirm_time");
		expect(report).toMatchObject({ sent_time: "2026-11-23 11:00:00", rn_code: "02", retry_count: 2 });
	});
});

describe("the view of a message", () => {
	it.each([
		["whole in one", 3, ["DELIVERED"], 3, 3],
		["whole in one, under way", 3, ["SENT"], 3, 0],
		["in more parts than it has segments", 1, ["DELIVERED", "DELIVERED", "SENT"], 1, 0],
		["in more parts, all delivered", 2, ["DELIVERED", "DELIVERED", "DELIVERED"], 2, 2],
	] as const)(
		"counts the contract's segments for a message that its SMSC took %s (R30)",
		(_, segmentCount, states, sent, arrived) => {
			const segments = states.map((status) => ({ ...delivered, status }));

			const view = messageView(aSentMessage([], { segmentCount, segments }), false);

			expect(view).toMatchObject({ segment_count: segmentCount, sent_count: sent, delivery_count: arrived });
		},
	);

	it("counts the accepted segments of a partly sent message (R30)", () => {
		const half = aMessage({ segmentCount: 3, segments: [delivered] });

		expect(messageView(half, false)).toMatchObject({ segment_count: 3, sent_count: 1, delivery_count: 1 });
	});

	it("has every field of the document, and no segments by default (R13, R29)", () => {
		const message = aSentMessage(["1", "2"], {
			clientMessageId: "c1",
			messageId: 12_345,
			segments: [delivered, { ...delivered, smscId: "2", status: "SENT" }],
			segmentCount: 2,
			timeBounds: "wd99",
			priority: 2,
			flash: true,
			schedule: mondayAtEleven,
			scheduleState: "P",
			batchId: 9,
			retryCount: 1,
		});

		expect(messageView(message, false)).toEqual({
			message_id: 12_345,
			batch_id: 9,
			client_message_id: "c1",
			sender: "SMSGW",
			recipient: "77010000000",
			message_text: "тест",
			priority: 2,
			expire_date: "2026-11-24 11:00:00",
			time_bounds: "wd99",
			flash: true,
			schedule: "2026-11-23 11:00:00",
			message_status: "SENT",
			error_code: null,
			error_message: null,
			segment_count: 2,
			sent_count: 2,
			delivery_count: 1,
			is_informed: null,
			init_time: "2026-11-23 11:00:00",
			sent_time: "2026-11-23 11:00:01",
			sent_confirm_time: "2026-11-23 11:00:01",
			status_time: "2026-11-23 11:00:01",
			schedule_state: "P",
			retry_count: 1,
			rn_code: "02",
		});
	});

	it("has null for what did not happen, and none of our internal fields", () => {
		const view = messageView(aMessage({ operator: null }), false);

		expect(view).toMatchObject({ sent_time: null, sent_confirm_time: null, schedule: null, schedule_state: null });
		expect(view).toMatchObject({ batch_id: null, rn_code: null, sent_count: 0, delivery_count: 0 });
		expect(Object.keys(view).filter((name) => /attempt|revision|report_?batch|keep/i.test(name))).toEqual([]);
	});

	it('has is_informed "Y" once its client has been notified, else null (R31, A38)', () => {
		expect([true, false].map((informed) => messageView(aMessage(), informed).is_informed)).toEqual(["Y", null]);
	});
});

describe("the view of a segment", () => {
	it("spells smcsc_id as the document does (R35, A6)", () => {
		const segment = { smscId: "0A1", status: "UNDELIVERABLE", statusAt: mondayAtEleven, errorCode: "27" } as const;

		expect(segmentView(segment)).toEqual({
			smcsc_id: "0A1",
			status: "UNDELIVERABLE",
			status_time: "2026-11-23 11:00:00",
			error_code: "27",
			error_message: "Mobile equipment is off, out of coverage, or SIM memory is full",
		});
	});
});
